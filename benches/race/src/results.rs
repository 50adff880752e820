//! `results.json`: the cells of all races, of which each race writes its own anew and keeps the others.

use std::{error::Error, fs, path::Path};

use serde::{Deserialize, Serialize};

/// One library at one workload.
#[derive(Serialize, Deserialize)]
pub struct Cell {
    pub workload: String,
    pub corpus: String,
    pub library: String,
    pub mib_per_s: f64,
    /// For workloads of small units: of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ns_per_unit: Option<f64>,
    /// In our cells of a race with goals: how many times as fast as the fastest peer we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<f64>,
    /// How many times it is to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<f64>,
}

/// Puts the cells of one race in the place of those whose workload is `of` it. Those of IMAP stand last.
pub fn write(cells: Vec<Cell>, of: impl Fn(&str) -> bool) -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results.json");
    let mut all: Vec<Cell> = serde_json::from_str(&fs::read_to_string(&path)?)?;
    all.retain(|cell| !of(&cell.workload));
    all.extend(cells);
    all.sort_by_key(|cell| is_imap(&cell.workload));
    fs::write(path, serde_json::to_string_pretty(&all)? + "\n")?;
    Ok(())
}

/// Whether a workload is of the race of IMAP.
pub fn is_imap(workload: &str) -> bool {
    workload.starts_with("imap/")
}

/// A figure with one decimal.
pub fn round(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}
