//! Work counted in instructions: valgrind's callgrind runs the test program again, and each call of
//! [`measured`] gives a count.
//!
//! A test program that uses it has an ignored test `readings`, which calls [`readings`] with its
//! readers and families; that is what runs under the counter. `LINEAR_KIB` is the scale.

use std::{env, fs, hint::black_box, path::Path, process::Command};

/// A reader and its name.
pub type Reader = (&'static str, fn(&[u8]));

/// The input that a family makes, of about this length.
pub type OfLength = fn(&[u8], usize) -> Vec<u8>;

/// What is counted, and nothing else.
#[inline(never)]
pub fn measured(read: fn(&[u8]), octets: &[u8]) {
    read(black_box(octets));
}

/// The scale of a test in KiB, or this one.
pub fn kib(otherwise: usize) -> usize {
    env::var("LINEAR_KIB").map_or(otherwise, |kib| kib.parse().unwrap())
}

/// Every reader on every family, once and twice: what the counter runs.
pub fn readings(readers: &[Reader], families: &[&[u8]], of_length: OfLength) {
    let length: usize = env::var("LINEAR_LENGTH").unwrap().parse().unwrap();
    for (_, read) in readers {
        for family in families {
            measured(*read, &of_length(family, length));
            measured(*read, &of_length(family, length * 2));
        }
    }
}

/// Fails where twice the input is more than twice the work and a tenth; writes `skipped: …` to
/// stderr where valgrind is not installed. The readers and families are those of [`readings`].
pub fn assert_linear(readers: &[Reader], families: &[&[u8]], kib: usize) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let folder = env::temp_dir().join(format!("counted-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let counts = count(&folder, kib << 10);
    let _ = fs::remove_dir_all(&folder);
    let mut counts = counts.chunks(2);
    let mut broken = Vec::new();
    for (reader, _) in readers {
        for family in families {
            let &[once, twice] = counts.next().unwrap() else { panic!("a count is missing") };
            println!("{reader:28} {:20} {once:>12} {twice:>12}", family.escape_ascii().to_string());
            // What every call costs is not work on the input.
            if twice * 10 > once * 22 && twice > 20_000 {
                broken.push(format!("{reader} of {}: {once} {twice}", family.escape_ascii()));
            }
        }
    }
    assert!(counts.next().is_none() && broken.is_empty(), "{broken:#?}");
}

/// The instructions of each call of [`measured`], in order.
fn count(folder: &Path, length: usize) -> Vec<u64> {
    let measured = concat!(module_path!(), "::measured");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--toggle-collect={measured}")])
        .arg(format!("--dump-after={measured}"))
        .arg(format!("--callgrind-out-file={}/out", folder.display()))
        .arg(env::current_exe().unwrap())
        .args(["--exact", "readings", "--ignored", "--test-threads=1"])
        .env("LINEAR_LENGTH", length.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (1..)
        .map_while(|number| fs::read_to_string(folder.join(format!("out.{number}"))).ok())
        .filter(|dump| dump.contains("Trigger: --dump-after"))
        .map(|dump| {
            let total = dump.lines().find_map(|line| line.strip_prefix("totals:"));
            total.unwrap().trim().parse().unwrap()
        })
        .collect()
}
