//! The pictures of `docs/detector.md`, from simulated recordings and public parts of the library.
//!
//!     cargo run --release --example detector_figures -- FOLDER

#[path = "../shared/limit.rs"]
mod limit;

mod floors;
mod heard;
mod heart;
mod paper;
mod recall;
mod stages;
mod stroke;

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder the pictures go to")?);
    std::fs::create_dir_all(&folder)?;
    let to = |name: &str| folder.join(format!("detector-{name}.png"));
    paper::print(&to("bands"), (1100, 720), 1, &stages::panels())?;
    paper::print(&to("floors"), (1100, 900), 1, &floors::panels())?;
    paper::print(&to("stroke"), (1100, 640), 1, &stroke::panels())?;
    paper::print(&to("heart"), (1100, 640), 2, &heart::panels())?;
    paper::print(&to("recall"), (1100, 420), 3, &recall::panels())
}
