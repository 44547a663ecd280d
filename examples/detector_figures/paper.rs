//! Pictures: panels of lines on a grid, as PNG.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

pub const INK: RGBColor = RGBColor(26, 26, 26);
pub const GREY: RGBColor = RGBColor(150, 150, 150);
// Okabe M, Ito K (2008), Color Universal Design.
pub const BLUE: RGBColor = RGBColor(0, 114, 178);
pub const RED: RGBColor = RGBColor(213, 94, 0);
pub const GREEN: RGBColor = RGBColor(0, 158, 115);
pub const PURPLE: RGBColor = RGBColor(204, 121, 167);
const GRID: RGBColor = RGBColor(232, 232, 232);
const SHADE: RGBColor = RGBColor(213, 230, 242);

/// One curve.
pub struct Line {
    pub points: Vec<(f64, f64)>,
    pub colour: RGBColor,
    pub wide: u32,
    /// Shown in the legend, unless empty.
    pub name: String,
}

pub fn line(name: &str, colour: RGBColor, wide: u32, points: Vec<(f64, f64)>) -> Line {
    Line { points, colour, wide, name: name.to_owned() }
}

/// One coordinate system.
#[derive(Default)]
pub struct Panel {
    pub title: String,
    pub x_label: &'static str,
    pub y_label: &'static str,
    pub x: [f64; 2],
    pub y: [f64; 2],
    /// From where to where the ground is coloured.
    pub shades: Vec<[f64; 2]>,
    pub lines: Vec<Line>,
}

impl Panel {
    /// Without what of the shades lies outside.
    pub fn within(mut self) -> Self {
        let [from, to] = self.x;
        self.shades.retain(|s| s[1] > from && s[0] < to);
        self.shades.iter_mut().for_each(|s| *s = [s[0].max(from), s[1].min(to)]);
        self
    }
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Draws `panels` row by row, `columns` in each.
pub fn print(path: &Path, (wide, high): (u32, u32), columns: usize, panels: &[Panel]) -> Drawn {
    register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular()).map_err(|_| "no font")?;
    let mut pixels = vec![0; (wide * high * 3) as usize];
    {
        let area = BitMapBackend::with_buffer(&mut pixels, (wide, high)).into_drawing_area();
        area.fill(&WHITE)?;
        let parts = area.split_evenly((panels.len().div_ceil(columns), columns));
        for (part, panel) in parts.iter().zip(panels) {
            draw(part, panel)?;
        }
        area.present()?;
    }
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), wide, high);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&pixels)?;
    println!("{} is drawn", path.display());
    Ok(())
}

/// Without needless digits.
fn number(x: &f64) -> String {
    let text = format!("{x:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn draw(area: &Area<'_>, panel: &Panel) -> Drawn {
    let Panel { x, y, .. } = panel;
    let text = |size: u32| ("sans-serif", size).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .caption(&panel.title, text(19))
        .x_label_area_size(if panel.x_label.is_empty() { 22 } else { 40 })
        .y_label_area_size(62)
        .build_cartesian_2d(x[0]..x[1], y[0]..y[1])?;
    for [from, to] in &panel.shades {
        let ground = Rectangle::new([(*from, y[0]), (*to, y[1])], SHADE.filled());
        chart.draw_series([ground])?;
    }
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GREY)
        .x_desc(panel.x_label)
        .y_desc(panel.y_label)
        .axis_desc_style(text(16))
        .label_style(text(15))
        .x_labels(if area.dim_in_pixel().0 < 450 { 6 } else { 11 })
        .y_labels(6)
        .x_label_formatter(&number)
        .y_label_formatter(&number)
        .draw()?;
    for line in &panel.lines {
        let style = line.colour.stroke_width(line.wide);
        let inside = |p: &&(f64, f64)| p.1.is_finite();
        let points = line.points.iter().filter(inside).map(|p| (p.0, p.1.clamp(y[0], y[1])));
        let drawn = chart.draw_series(LineSeries::new(points, style))?;
        if !line.name.is_empty() {
            drawn
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style.stroke_width(3)));
        }
    }
    if panel.lines.iter().any(|l| !l.name.is_empty()) {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.85))
            .label_font(text(15))
            .draw()?;
    }
    Ok(())
}
