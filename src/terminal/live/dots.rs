//! A grid of dots, two by four in a cell (Braille): lines and curves on any terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Dots with a style for each cell.
pub struct Dots {
    area: Rect,
    cells: Vec<(u8, Style)>,
}

/// The dots of a cell, by column and row, as Unicode counts them.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// The Braille pattern without dots.
const EMPTY: u32 = 0x2800;

impl Dots {
    pub fn new(area: Rect) -> Self {
        Self { area, cells: vec![(0, Style::new()); usize::from(area.width) * usize::from(area.height)] }
    }

    /// Columns and rows of dots.
    pub fn size(&self) -> (usize, usize) {
        (2 * usize::from(self.area.width), 4 * usize::from(self.area.height))
    }

    /// Puts a dot, counted from the upper left corner; a later style wins.
    pub fn put(&mut self, x: usize, y: usize, style: Style) {
        let (columns, rows) = self.size();
        if x >= columns || y >= rows {
            return;
        }
        let cell = &mut self.cells[y / 4 * usize::from(self.area.width) + x / 2];
        *cell = (cell.0 | BITS[x % 2][y % 4], style);
    }

    /// Puts the dots of column `x` from row `a` to row `b`.
    pub fn column(&mut self, x: usize, a: usize, b: usize, style: Style) {
        (a.min(b)..=a.max(b)).for_each(|y| self.put(x, y, style));
    }

    /// Draws all cells that have dots.
    pub fn draw(&self, buffer: &mut Buffer) {
        for (place, (bits, style)) in self.cells.iter().enumerate().filter(|(_, cell)| cell.0 > 0) {
            let width = usize::from(self.area.width);
            let (x, y) = (self.area.x + (place % width) as u16, self.area.y + (place / width) as u16);
            let dots = char::from_u32(EMPTY + u32::from(*bits)).unwrap_or(' ');
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_char(dots).set_style(*style);
            }
        }
    }
}
