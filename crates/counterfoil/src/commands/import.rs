//! `counterfoil import`: chats that WhatsApp's own "Export chat" wrote.

mod attempt;
mod show;
mod words;

use super::Ending;
use counterfoil_transcript::{Choice, DateOrder, Shape};
use std::io::Write;
use std::path::PathBuf;

/// Bring home chats that WhatsApp's own "Export chat" wrote, as unverified records.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Read a file as an import would and show what would come of it. Keeps nothing and needs no server.
    ///
    /// Each line of the file is in one of the counts, and whatever had to be guessed is shown with what speaks for and against it. Prints names of people and files as they stand
    /// in the chat. Ends with 3 when something should be looked at, and with 1 when the file does not tell how it is to be read.
    Try(attempt::Attempt),
}

/// The file, and what it does not tell.
#[derive(Debug, clap::Args)]
struct Exported {
    /// The file that WhatsApp handed out: a .txt or a .zip.
    file: PathBuf,
    /// Which entry of a zip file is the chat, when several can be.
    #[arg(long, value_name = "NAME")]
    chat: Option<String>,
    /// How messages begin, by an example such as `24/12/2023, 21:05 - `, when the guess is wrong.
    #[arg(long, value_name = "EXAMPLE", value_parser = shape)]
    shape: Option<Shape>,
    /// Which of the numbers of a date is the day, the month and the year.
    #[arg(long, value_name = "ORDER", value_parser = order)]
    date_order: Option<DateOrder>,
}

impl Exported {
    fn choice(&self) -> Choice {
        Choice {
            shape: self.shape,
            order: self.date_order,
        }
    }
}

fn shape(text: &str) -> Result<Shape, String> {
    Shape::of_example(text).ok_or_else(|| {
        "no message begins like this: copy the beginning of a line, from its date up to the name, such as `24/12/2023, 21:05 - `"
            .to_owned()
    })
}

fn order(text: &str) -> Result<DateOrder, String> {
    match text {
        "dmy" => Ok(DateOrder::DayMonthYear),
        "mdy" => Ok(DateOrder::MonthDayYear),
        "ymd" => Ok(DateOrder::YearMonthDay),
        _ => Err("this must be dmy, mdy or ymd".to_owned()),
    }
}

impl Import {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<Ending> {
        match self.what {
            What::Try(attempt) => attempt.run(out),
        }
    }
}
