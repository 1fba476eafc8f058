//! Words around the name of an attachment, words in the place of one that was left out, and what names tell.

use super::{Table, words};
use crate::body::MediaKind::{self, Any, Audio, ContactCard, Document, Gif, Image, Sticker, Video, VideoNote};

/// iOS: `<attached: name>`.
const WITHIN: &[(&str, (), &[&str])] = &[
    ("en", (), &["attached"]),
    ("de", (), &["angehängt", "Anhang"]),
    ("es", (), &["adjunto"]),
    ("fr", (), &["pièce jointe"]),
    ("it", (), &["allegato"]),
    ("pt", (), &["anexado"]),
    ("nl", (), &["bijgevoegd", "bijlage"]),
    ("ru", (), &["прикреплено", "вложение"]),
    ("he", (), &["מצורף"]),
    ("ar", (), &["مرفق", "مُرفق", "المرفق"]),
    ("af", (), &["aangeheg"]),
];

/// Android: `name (file attached)`.
const AFTER: &[(&str, (), &[&str])] = &[
    ("en", (), &["file attached"]),
    ("de", (), &["Datei angehängt"]),
    ("es", (), &["archivo adjunto"]),
    ("fr", (), &["fichier joint"]),
    ("it", (), &["file allegato"]),
    ("pt", (), &["arquivo anexado", "ficheiro anexado"]),
    ("nl", (), &["bestand bijgevoegd"]),
    ("ru", (), &["файл добавлен", "файл прикреплён", "файл прикреплен"]),
    ("he", (), &["קובץ מצורף"]),
    ("ar", (), &["الملف مرفق", "ملف مرفق"]),
    ("af", (), &["lêer aangeheg"]),
];

/// In the place of what was not exported.
const OMITTED: &[(&str, MediaKind, &[&str])] = &[
    ("en", Any, &["<Media omitted>"]),
    ("en", Image, &["image omitted"]),
    ("en", Video, &["video omitted"]),
    ("en", VideoNote, &["video note omitted", "Video note omitted"]),
    ("en", Audio, &["audio omitted"]),
    ("en", Sticker, &["sticker omitted"]),
    ("en", Gif, &["GIF omitted"]),
    ("en", Document, &["document omitted"]),
    ("en", ContactCard, &["Contact card omitted"]),
    ("de", Any, &["<Medien ausgeschlossen>", "<Medien weggelassen>"]),
    ("de", Image, &["Bild weggelassen"]),
    ("de", Video, &["Video weggelassen"]),
    ("de", VideoNote, &["Videonachricht weggelassen"]),
    ("de", Audio, &["Audio weggelassen"]),
    ("de", Sticker, &["Sticker weggelassen"]),
    ("de", Gif, &["GIF weggelassen"]),
    ("de", Document, &["Dokument weggelassen"]),
    (
        "de",
        ContactCard,
        &["Kontaktkarte weggelassen", "Kontaktkarte ausgelassen"],
    ),
    ("es", Any, &["<Multimedia omitido>", "<Archivo omitido>"]),
    ("es", Image, &["imagen omitida", "Imagen omitida"]),
    ("es", Video, &["video omitido", "Video omitido", "vídeo omitido"]),
    ("es", Audio, &["audio omitido", "Audio omitido"]),
    ("es", Sticker, &["sticker omitido"]),
    ("es", Gif, &["GIF omitido"]),
    ("es", Document, &["documento omitido", "Documento omitido"]),
    ("es", ContactCard, &["Tarjeta de contacto omitida"]),
    ("fr", Any, &["<Médias omis>", "<Fichier média omis>"]),
    ("fr", Image, &["image absente"]),
    ("fr", Video, &["vidéo absente"]),
    ("fr", Audio, &["audio omis"]),
    ("fr", Sticker, &["sticker omis"]),
    ("fr", Gif, &["GIF retiré"]),
    ("fr", Document, &["document manquant"]),
    ("fr", ContactCard, &["Fiche contact manquante"]),
    ("it", Any, &["<Media omessi>"]),
    ("it", Image, &["immagine omessa"]),
    ("it", Video, &["video omesso"]),
    ("it", Audio, &["audio omesso"]),
    ("it", Sticker, &["sticker omesso", "sticker non incluso"]),
    ("it", Gif, &["GIF esclusa"]),
    ("it", Document, &["documento omesso"]),
    ("it", ContactCard, &["Scheda contatto omessa"]),
    (
        "pt",
        Any,
        &["<Mídia oculta>", "<Ficheiro não revelado>", "<Mídia omitida>"],
    ),
    ("pt", Image, &["imagem ocultada", "imagem omitida"]),
    ("pt", Video, &["vídeo omitido", "vídeo ocultado"]),
    ("pt", Audio, &["áudio ocultado", "áudio omitido"]),
    ("pt", Sticker, &["figurinha omitida", "sticker omitido"]),
    ("pt", Gif, &["GIF omitido", "GIF ocultado"]),
    ("pt", Document, &["documento omitido", "documento ocultado"]),
    ("pt", ContactCard, &["Cartão do contato omitido"]),
    ("nl", Any, &["<Media weggelaten>"]),
    ("nl", Image, &["afbeelding weggelaten"]),
    ("nl", Video, &["video weggelaten"]),
    ("nl", Audio, &["audio weggelaten"]),
    ("nl", Sticker, &["sticker weggelaten"]),
    ("nl", Gif, &["GIF weggelaten"]),
    ("nl", Document, &["document weggelaten"]),
    ("nl", ContactCard, &["Contactkaart weggelaten"]),
    ("ru", Any, &["<Без медиафайлов>"]),
    ("ru", Image, &["изображение отсутствует"]),
    ("ru", Video, &["видео отсутствует"]),
    ("ru", Audio, &["аудиофайл отсутствует"]),
    ("ru", Sticker, &["стикер отсутствует"]),
    ("ru", Gif, &["GIF отсутствует"]),
    ("ru", Document, &["документ отсутствует"]),
    ("he", Any, &["<המדיה לא נכללה>"]),
    ("he", Image, &["התמונה הושמטה"]),
    ("he", Video, &["הסרטון הושמט"]),
    ("he", Document, &["המסמך הושמט"]),
    ("ar", Any, &["<تم استبعاد الوسائط>"]),
    ("ar", Image, &["تم استبعاد الصورة"]),
    ("ar", Video, &["تم استبعاد الفيديو"]),
    ("ar", Document, &["تم استبعاد المستند"]),
    ("af", Any, &["<Media weggelaat>"]),
    ("af", Image, &["prent weggelaat"]),
    ("af", Video, &["video weggelaat"]),
    ("af", Audio, &["oudio weggelaat"]),
    ("af", Document, &["dokument weggelaat"]),
];

static WITHIN_WORDS: Table<()> = Table::new(|| words(WITHIN));
static AFTER_WORDS: Table<()> = Table::new(|| words(AFTER));
static OMITTED_WORDS: Table<MediaKind> = Table::new(|| words(OMITTED));

/// Whether the word of `<word: name>`, or of the older `name <word>`, says that something is attached.
pub(crate) fn attached_within(word: &str) -> bool {
    WITHIN_WORDS.contains_key(word)
}

/// Whether the words of `name (words)` say so.
pub(crate) fn attached_after(words: &str) -> bool {
    AFTER_WORDS.contains_key(words)
}

/// The kind of what was left out, when the words say that something was.
pub(crate) fn omitted(words: &str) -> Option<MediaKind> {
    OMITTED_WORDS.get(words).copied()
}

/// The kind that a name tells, and whether the app itself gives such names: then the words around it need not be known.
pub(crate) fn kind_of_name(name: &str) -> (MediaKind, bool) {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let parts: Vec<&str> = stem.split('-').collect();
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let given = match parts[..] {
        [kind, day, number] if digits(day, 8) => {
            let counted = number
                .strip_prefix("WA")
                .is_some_and(|number| digits(number, 4) || digits(number, 5));
            counted.then(|| kind_of_word(kind)).flatten()
        }
        [number, kind, year, month, day, ..]
            if digits(number, 8) && digits(year, 4) && digits(month, 2) && digits(day, 2) =>
        {
            kind_of_word(kind)
        }
        [year, month, day, kind, number]
            if digits(year, 4) && digits(month, 2) && digits(day, 2) && digits(number, 8) =>
        {
            kind_of_word(kind)
        }
        _ => None,
    };
    (given.unwrap_or_else(|| kind_of_ending(ending)), given.is_some())
}

fn kind_of_word(word: &str) -> Option<MediaKind> {
    Some(match word {
        "IMG" | "PHOTO" => Image,
        "VID" | "VIDEO" => Video,
        "AUD" | "PTT" | "AUDIO" => Audio,
        "STK" | "STICKER" => Sticker,
        "GIF" => Gif,
        "DOC" => Document,
        _ => return None,
    })
}

fn kind_of_ending(ending: &str) -> MediaKind {
    match ending.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "heic" => Image,
        "mp4" | "mov" | "3gp" => Video,
        "opus" | "ogg" | "m4a" | "mp3" | "aac" | "amr" => Audio,
        "webp" => Sticker,
        "gif" => Gif,
        "vcf" => ContactCard,
        "" => Any,
        _ => Document,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn every_language_has_its_words() {
        check(WITHIN);
        check(AFTER);
        check(OMITTED);
    }

    #[test]
    fn names_tell_kinds() {
        for (name, expected) in [
            ("IMG-20210428-WA0001.jpg", (Image, true)),
            ("PTT-20210428-WA0012.opus", (Audio, true)),
            ("STK-20210428-WA0003.webp", (Sticker, true)),
            ("00000042-PHOTO-2020-06-07-15-13-20.jpg", (Image, true)),
            ("00000042-VIDEO-2020-06-07-15-13-20.mp4", (Video, true)),
            ("2015-08-04-PHOTO-00004762.jpg", (Image, true)),
            ("00000042-terms and conditions.pdf", (Document, false)),
            ("Ann.vcf", (ContactCard, false)),
            ("f3b0c442.jpg", (Image, false)),
            ("IMG-2021-WA0001.jpg", (Image, false)),
            ("README", (Any, false)),
        ] {
            assert_eq!(kind_of_name(name), expected, "{name}");
        }
    }
}
