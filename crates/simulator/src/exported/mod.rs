//! Chats as the app on a handset writes them with "Export chat", of our own making: in every shape that was seen, in the words of several languages.
//!
//! Tests and benchmarks read them back and know beforehand what is in them. Nothing here knows how they are read.

mod archive;
mod style;

use jiff::civil::DateTime;

pub use archive::zip;
pub use style::{DateOrder, STYLES, Said, Style};

/// A device: how it writes dates, and the app's words in its language.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    /// What tests call it; also the name of one of [`STYLES`].
    pub style: &'static str,
    line_end: &'static str,
    people: [&'static str; 2],
    encrypted: &'static str,
    attached: &'static str,
    omitted: &'static str,
    deleted: &'static str,
    edited: &'static str,
}

const ENGLISH: Device = Device {
    style: "dash",
    line_end: "\n",
    people: ["Ann Moor", "Bob"],
    encrypted: "Messages and calls are end-to-end encrypted. No one outside of this chat can read them.",
    attached: "file attached",
    omitted: "<Media omitted>",
    deleted: "This message was deleted",
    edited: "<This message was edited>",
};

const GERMAN: Device = Device {
    style: "dash, de",
    people: ["Frieda Kern", "Ole B."],
    encrypted: "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt. Niemand außerhalb dieses Chats kann sie lesen.",
    attached: "Datei angehängt",
    omitted: "<Medien ausgeschlossen>",
    deleted: "Diese Nachricht wurde gelöscht",
    edited: "<Diese Nachricht wurde bearbeitet.>",
    ..ENGLISH
};

const SPANISH: Device = Device {
    style: "dash, es",
    people: ["Inés Roldán", "Bruno"],
    encrypted: "Los mensajes y las llamadas están cifrados de extremo a extremo.",
    attached: "archivo adjunto",
    omitted: "<Multimedia omitido>",
    deleted: "Se eliminó este mensaje",
    edited: "<Se editó este mensaje.>",
    ..ENGLISH
};

const FRENCH: Device = Device {
    style: "dash, fr",
    people: ["Maëlle", "Loïc"],
    encrypted: "Les messages et les appels sont chiffrés de bout en bout.",
    attached: "fichier joint",
    omitted: "<Médias omis>",
    deleted: "Ce message a été supprimé",
    edited: "<Ce message a été modifié>",
    ..ENGLISH
};

/// Devices in many languages.
pub static DEVICES: [Device; 16] = [
    ENGLISH,
    Device {
        style: "dash, us",
        ..ENGLISH
    },
    Device {
        style: "dash, in",
        people: ["Meera", "+91 98 0000 0000"],
        ..ENGLISH
    },
    GERMAN,
    SPANISH,
    Device {
        style: "dash, es, in words",
        ..SPANISH
    },
    FRENCH,
    Device {
        style: "dash, ca",
        ..FRENCH
    },
    Device {
        style: "dash, nl",
        people: ["Wietske", "Joost"],
        encrypted: "Berichten en oproepen zijn end-to-end versleuteld. Niemand buiten deze chat kan ze lezen.",
        attached: "bestand bijgevoegd",
        omitted: "<Media weggelaten>",
        deleted: "Dit bericht is verwijderd",
        edited: "<Dit bericht is bewerkt>",
        ..ENGLISH
    },
    Device {
        style: "dash, za",
        people: ["Elna", "Dawid"],
        encrypted: "Boodskappe en oproepe is end-tot-end geënkripteer.",
        attached: "lêer aangeheg",
        omitted: "<Media weggelaat>",
        deleted: "Hierdie boodskap is geskrap",
        edited: "<Hierdie boodskap is gewysig>",
        ..ENGLISH
    },
    Device {
        style: "bracket",
        line_end: "\r\n",
        attached: "attached",
        omitted: "image omitted",
        ..ENGLISH
    },
    Device {
        style: "bracket, us",
        attached: "attached",
        omitted: "video omitted",
        ..ENGLISH
    },
    Device {
        style: "bracket, de",
        attached: "Anhang",
        omitted: "Bild weggelassen",
        ..GERMAN
    },
    Device {
        style: "bracket, short",
        people: ["Livia", "Elio"],
        encrypted: "I messaggi e le chiamate sono crittografati end-to-end.",
        attached: "allegato",
        omitted: "immagine omessa",
        deleted: "Questo messaggio è stato eliminato.",
        edited: "<Questo messaggio è stato modificato>",
        ..ENGLISH
    },
    Device {
        style: "bracket, ar",
        people: ["سلمى", "نادر"],
        encrypted: "الرسائل والمكالمات مشفرة تمامًا بين الطرفين",
        attached: "مرفق",
        omitted: "تم استبعاد الصورة",
        deleted: "تم حذف هذه الرسالة.",
        edited: "<تم تعديل هذه الرسالة>",
        ..ENGLISH
    },
    Device {
        style: "bracket, old zh",
        people: ["雨晴", "子謙"],
        attached: "attached",
        omitted: "image omitted",
        ..ENGLISH
    },
];

/// A chat and what is in it.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    /// The text of the file.
    pub text: String,
    /// Its lines.
    pub lines: u64,
    /// Messages that are words.
    pub texts: u64,
    /// Of these, those that were edited.
    pub edited: u64,
    /// The names of attached files.
    pub attached: Vec<String>,
    /// Attachments that were left out.
    pub omitted: u64,
    /// Messages that were deleted.
    pub deleted: u64,
    /// Lines of the app.
    pub system_lines: u64,
    /// Each message's time as stated, its author and its words as they stand; also of lines of the app, which have no author.
    pub said: Vec<Said>,
}

impl Exported {
    /// All messages, without the lines of the app.
    pub fn messages(&self) -> u64 {
        self.texts + self.attached.len() as u64 + self.omitted + self.deleted
    }
}

impl Device {
    /// How it writes dates.
    ///
    /// # Errors
    /// The name of a style that is not there.
    fn writes(&self) -> Result<Style, &'static str> {
        Style::named(self.style).ok_or(self.style)
    }

    /// The two people who talk; the first is whose device it is not.
    pub fn people(&self) -> [&'static str; 2] {
        self.people
    }

    /// A chat of so many messages, one each so many seconds from a last of January on, so that its dates tell their order.
    ///
    /// # Errors
    /// The name of a style that is not there, or of what no calendar has.
    pub fn export(&self, messages: u64, seconds: i64) -> Result<Exported, &'static str> {
        let style = self.writes()?;
        let mut exported = Exported::default();
        let mut at = DateTime::constant(2019, 1, 31, 20, 0, 0, 0);
        self.say(&mut exported, style, at, None, self.encrypted.to_owned());
        exported.system_lines += 1;
        for number in 0..messages {
            at = at
                .checked_add(jiff::SignedDuration::from_secs(seconds))
                .map_err(|_| "a time beyond all calendars")?;
            let author = self.people[usize::from(number % 3 == 1)];
            let text = self.words(&mut exported, style, number);
            self.say(&mut exported, style, at, Some(author), text);
        }
        Ok(exported)
    }

    /// What the n-th message says, counted by what it is.
    fn words(&self, exported: &mut Exported, style: Style, number: u64) -> String {
        let mark = if style.is_ios() { "\u{200E}" } else { "" };
        match number % 8 {
            1 => {
                exported.texts += 1;
                format!("Three things, {number}:\n\nPaint: blue.\nRope")
            }
            2 => {
                let name = if style.is_ios() {
                    format!("{number:08}-PHOTO-2019-02-01-10-20-30.jpg")
                } else {
                    format!("IMG-20190201-WA{number:04}.jpg")
                };
                let text = if style.is_ios() {
                    format!("{mark}<{}: {name}>\nThe new sail {number}", self.attached)
                } else {
                    format!("{name} ({})\nThe new sail {number}", self.attached)
                };
                exported.attached.push(name);
                text
            }
            4 => {
                exported.omitted += 1;
                format!("{mark}{}", self.omitted)
            }
            5 => {
                exported.deleted += 1;
                format!("{mark}{}", self.deleted)
            }
            6 => {
                exported.texts += 1;
                exported.edited += 1;
                format!("See you at nine, pier {number} {mark}{}", self.edited)
            }
            _ => {
                exported.texts += 1;
                format!("The boat number {number} is in: come and see")
            }
        }
    }

    fn say(&self, exported: &mut Exported, style: Style, at: DateTime, author: Option<&str>, text: String) {
        let part = |number: i8| u8::try_from(number).unwrap_or_default();
        let said = Said {
            year: u16::try_from(at.year()).unwrap_or_default(),
            month: part(at.month()),
            day: part(at.day()),
            hour: part(at.hour()),
            minute: part(at.minute()),
            second: part(at.second()),
            author: author.unwrap_or_default().to_owned(),
            text,
        };
        let message = style.message(&said);
        exported.lines += message.matches('\n').count() as u64;
        exported.text += &message.replace('\n', self.line_end);
        exported.said.push(said);
    }
}
