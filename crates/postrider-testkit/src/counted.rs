//! Work counted in instructions: valgrind's callgrind runs the test program again, and each call of
//! [`measured`] gives a count.
//!
//! A test program that uses it has an ignored test `readings`, which calls [`readings`] with its
//! readers and families; that is what runs under the counter. `LINEAR_KIB` is the scale.

use std::{
    env, fs,
    hint::black_box,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

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

/// Every reader on every family, once and twice: what the counter runs, in shares that run beside
/// each other.
pub fn readings(readers: &[Reader], families: &[&[u8]], of_length: OfLength) {
    let number = |name: &str| env::var(name).unwrap().parse::<usize>().unwrap();
    let (length, share, shares) =
        (number("LINEAR_LENGTH"), number("LINEAR_SHARE"), number("LINEAR_SHARES"));
    let pairs =
        readers.iter().flat_map(|reader| families.iter().map(move |family| (reader, family)));
    for ((_, read), family) in pairs.skip(share).step_by(shares) {
        measured(*read, &of_length(family, length));
        measured(*read, &of_length(family, length * 2));
    }
}

/// Fails where twice the input is more than twice the work and a tenth; writes `skipped: …` to
/// stderr where valgrind is not installed. The readers and families are those of [`readings`].
pub fn assert_linear(readers: &[Reader], families: &[&[u8]], kib: usize) {
    if Command::new("valgrind").arg("--version").output().is_err() {
        eprintln!("skipped: valgrind is not installed");
        return;
    }
    let counts = counts(readers.len() * families.len(), kib << 10);
    let mut counts = counts.iter();
    let mut broken = Vec::new();
    for (reader, _) in readers {
        for family in families {
            let &[once, twice] = counts.next().expect("a count is missing");
            println!("{reader:28} {:20} {once:>12} {twice:>12}", family.escape_ascii().to_string());
            // What every call costs is not work on the input.
            if twice * 10 > once * 22 && twice > 20_000 {
                broken.push(format!("{reader} of {}: {once} {twice}", family.escape_ascii()));
            }
        }
    }
    assert!(counts.next().is_none() && broken.is_empty(), "{broken:#?}");
}

/// The instructions of both calls of [`measured`] for each of so many pairs, in order.
fn counts(pairs: usize, length: usize) -> Vec<[u64; 2]> {
    let folder = env::temp_dir().join(format!("counted-{}", std::process::id()));
    let shares = thread::available_parallelism().map_or(1, |cores| cores.get().min(8));
    let mut running = Vec::new();
    for share in 0..shares {
        let folder = folder.join(share.to_string());
        fs::create_dir_all(&folder).unwrap();
        running.push((counter(&folder, length, share, shares), folder));
    }
    let of_shares: Vec<_> = running
        .into_iter()
        .map(|(child, folder)| {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            dumped(&folder)
        })
        .collect();
    let _ = fs::remove_dir_all(&folder);
    let told: usize = of_shares.iter().map(Vec::len).sum();
    assert_eq!(told, pairs * 2, "a count for each reading");
    (0..pairs)
        .map(|pair| {
            let at = pair / shares * 2;
            [of_shares[pair % shares][at], of_shares[pair % shares][at + 1]]
        })
        .collect()
}

/// The counter on one share of the readings.
fn counter(folder: &Path, length: usize, share: usize, shares: usize) -> Child {
    let measured = concat!(module_path!(), "::measured");
    Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-line=no", &format!("--toggle-collect={measured}")])
        .arg(format!("--dump-after={measured}"))
        .arg(format!("--callgrind-out-file={}/out", folder.display()))
        .arg(env::current_exe().unwrap())
        .args(["--exact", "readings", "--ignored", "--test-threads=1"])
        .env("LINEAR_LENGTH", length.to_string())
        .env("LINEAR_SHARE", share.to_string())
        .env("LINEAR_SHARES", shares.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The counts that one counter dumped, in order.
fn dumped(folder: &Path) -> Vec<u64> {
    (1..)
        .map_while(|number| fs::read_to_string(folder.join(format!("out.{number}"))).ok())
        .filter(|dump| dump.contains("Trigger: --dump-after"))
        .map(|dump| {
            let total = dump.lines().find_map(|line| line.strip_prefix("totals:"));
            total.unwrap().trim().parse().unwrap()
        })
        .collect()
}
