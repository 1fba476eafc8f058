//! Words in the place of a message: deleted, seen once, not arrived yet, a call, a place, a poll; and the mark of an edited one.

use serde::Serialize;

use super::{Table, words};

/// On whose word a message was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedBy {
    /// Whoever wrote it.
    Author,
    /// The person whose device exported the chat, who wrote it.
    Exporter,
    /// An administrator of the group.
    Admin,
}

/// The kind of a call, as far as its first words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallWord {
    pub(crate) video: bool,
    pub(crate) missed: bool,
}

const EDITED: &[(&str, (), &[&str])] = &[
    ("en", (), &["<This message was edited>"]),
    (
        "de",
        (),
        &[
            "<Diese Nachricht wurde bearbeitet.>",
            "<Diese Nachricht wurde bearbeitet>",
        ],
    ),
    (
        "es",
        (),
        &[
            "<Se editó este mensaje.>",
            "<Se editó este mensaje>",
            "<Este mensaje fue editado>",
        ],
    ),
    ("fr", (), &["<Ce message a été modifié>"]),
    ("it", (), &["<Questo messaggio è stato modificato>"]),
    ("pt", (), &["<Mensagem editada>", "<Esta mensagem foi editada>"]),
    ("nl", (), &["<Dit bericht is bewerkt>"]),
    ("ru", (), &["<Сообщение изменено>", "<Это сообщение изменено>"]),
    ("he", (), &["<ההודעה נערכה>"]),
    ("ar", (), &["<تم تعديل هذه الرسالة>"]),
    ("af", (), &["<Hierdie boodskap is gewysig>"]),
];

const DELETED: &[(&str, DeletedBy, &[&str])] = &[
    ("en", DeletedBy::Author, &["This message was deleted"]),
    ("en", DeletedBy::Exporter, &["You deleted this message"]),
    (
        "en",
        DeletedBy::Admin,
        &["This message was deleted by admin", "You deleted this message as admin"],
    ),
    ("de", DeletedBy::Author, &["Diese Nachricht wurde gelöscht"]),
    ("de", DeletedBy::Exporter, &["Du hast diese Nachricht gelöscht"]),
    (
        "es",
        DeletedBy::Author,
        &["Se eliminó este mensaje", "Este mensaje fue eliminado"],
    ),
    ("es", DeletedBy::Exporter, &["Eliminaste este mensaje"]),
    ("fr", DeletedBy::Author, &["Ce message a été supprimé"]),
    ("fr", DeletedBy::Exporter, &["Vous avez supprimé ce message"]),
    ("it", DeletedBy::Author, &["Questo messaggio è stato eliminato"]),
    ("it", DeletedBy::Exporter, &["Hai eliminato questo messaggio"]),
    ("pt", DeletedBy::Author, &["Esta mensagem foi apagada"]),
    (
        "pt",
        DeletedBy::Exporter,
        &["Você apagou esta mensagem", "Apagou esta mensagem"],
    ),
    ("nl", DeletedBy::Author, &["Dit bericht is verwijderd"]),
    (
        "nl",
        DeletedBy::Exporter,
        &["Je hebt dit bericht verwijderd", "U hebt dit bericht verwijderd"],
    ),
    (
        "ru",
        DeletedBy::Author,
        &["Данное сообщение удалено", "Это сообщение удалено"],
    ),
    (
        "ru",
        DeletedBy::Exporter,
        &["Вы удалили данное сообщение", "Вы удалили это сообщение"],
    ),
    ("he", DeletedBy::Author, &["הודעה זו נמחקה"]),
    ("he", DeletedBy::Exporter, &["מחקת הודעה זו"]),
    ("ar", DeletedBy::Author, &["تم حذف هذه الرسالة"]),
    ("ar", DeletedBy::Exporter, &["لقد حذفت هذه الرسالة", "حذفت هذه الرسالة"]),
    ("af", DeletedBy::Author, &["Hierdie boodskap is geskrap"]),
    ("af", DeletedBy::Exporter, &["Jy het hierdie boodskap geskrap"]),
];

/// What stands before an administrator's name, and behind it.
const ADMIN: &[(&str, &str)] = &[
    ("This message was deleted by admin ", ""),
    ("Diese Nachricht wurde von Admin ", " gelöscht"),
    ("El admin. ", " eliminó este mensaje"),
    ("Ce message a été supprimé par l’admin ", ""),
    ("Questo messaggio è stato eliminato dall’amministratore ", ""),
    ("Esta mensagem foi apagada pelo admin ", ""),
    ("Dit bericht is verwijderd door beheerder ", ""),
    ("Данное сообщение удалено админом ", ""),
];

/// A message that was to be seen once.
const VIEW_ONCE: &[&str] = &[
    "You received a view once message",
    "You sent a view once message",
    "<View once voice message omitted>",
    "Du hast eine Nachricht zur einmaligen Ansicht erhalten",
    "Recibiste un mensaje de visualización única",
    "Vous avez reçu un message à vue unique",
    "Hai ricevuto un messaggio visualizzabile una volta",
    "Você recebeu uma mensagem de visualização única",
    "Je hebt een eenmalig te bekijken bericht ontvangen",
];

/// A message whose key had not come when the chat was exported.
const WAITING: &[&str] = &[
    "Waiting for this message",
    "Warte auf diese Nachricht",
    "Auf diese Nachricht warten",
    "Esperando este mensaje",
    "En attente de ce message",
    "In attesa del messaggio",
    "Aguardando mensagem",
    "Wachten op dit bericht",
    "Ожидание данного сообщения",
];

/// Sentences that follow these.
const TAILS: &[&str] = &[
    ". This may take a while",
    ". For added privacy, you can only open it on your phone",
    ". Dies kann einen Moment dauern",
    ". Das kann etwas dauern",
    ". Esto puede tardar un momento",
    ". Isso pode levar algum tempo",
];

const VOICE: CallWord = CallWord {
    video: false,
    missed: false,
};
const VIDEO: CallWord = CallWord {
    video: true,
    missed: false,
};
const MISSED_VOICE: CallWord = CallWord {
    video: false,
    missed: true,
};
const MISSED_VIDEO: CallWord = CallWord {
    video: true,
    missed: true,
};

const CALLS: &[(&str, CallWord, &[&str])] = &[
    ("en", VOICE, &["Voice call", "Group voice call"]),
    ("en", VIDEO, &["Video call", "Group video call"]),
    (
        "en",
        MISSED_VOICE,
        &["Missed voice call", "Missed group voice call", "Silenced voice call"],
    ),
    (
        "en",
        MISSED_VIDEO,
        &["Missed video call", "Missed group video call", "Silenced video call"],
    ),
    ("de", VOICE, &["Sprachanruf"]),
    ("de", VIDEO, &["Videoanruf"]),
    ("de", MISSED_VOICE, &["Verpasster Sprachanruf", "Sprachanruf verpasst"]),
    ("de", MISSED_VIDEO, &["Verpasster Videoanruf", "Videoanruf verpasst"]),
    ("es", VOICE, &["Llamada de voz", "Llamada"]),
    ("es", VIDEO, &["Videollamada"]),
    ("es", MISSED_VOICE, &["Llamada perdida", "Llamada de voz perdida"]),
    ("es", MISSED_VIDEO, &["Videollamada perdida"]),
    ("fr", VOICE, &["Appel vocal"]),
    ("fr", VIDEO, &["Appel vidéo"]),
    ("fr", MISSED_VOICE, &["Appel vocal manqué"]),
    ("fr", MISSED_VIDEO, &["Appel vidéo manqué"]),
    ("it", VOICE, &["Chiamata vocale"]),
    ("it", VIDEO, &["Videochiamata"]),
    ("it", MISSED_VOICE, &["Chiamata vocale persa"]),
    ("it", MISSED_VIDEO, &["Videochiamata persa"]),
    ("pt", VOICE, &["Ligação de voz", "Chamada de voz"]),
    ("pt", VIDEO, &["Ligação de vídeo", "Chamada de vídeo", "Videochamada"]),
    (
        "pt",
        MISSED_VOICE,
        &[
            "Ligação de voz perdida",
            "Chamada de voz perdida",
            "Chamada de voz não atendida",
        ],
    ),
    (
        "pt",
        MISSED_VIDEO,
        &[
            "Ligação de vídeo perdida",
            "Chamada de vídeo perdida",
            "Videochamada não atendida",
        ],
    ),
    ("nl", VOICE, &["Spraakoproep"]),
    ("nl", VIDEO, &["Video-oproep"]),
    ("nl", MISSED_VOICE, &["Gemiste spraakoproep"]),
    ("nl", MISSED_VIDEO, &["Gemiste video-oproep"]),
    ("ru", VOICE, &["Аудиозвонок"]),
    ("ru", VIDEO, &["Видеозвонок"]),
    ("ru", MISSED_VOICE, &["Пропущенный аудиозвонок"]),
    ("ru", MISSED_VIDEO, &["Пропущенный видеозвонок"]),
    ("he", MISSED_VOICE, &["שיחה קולית שלא נענתה"]),
    ("he", MISSED_VIDEO, &["שיחת וידאו שלא נענתה"]),
    ("ar", MISSED_VOICE, &["مكالمة صوتية فائتة"]),
    ("ar", MISSED_VIDEO, &["مكالمة فيديو فائتة"]),
    ("af", MISSED_VOICE, &["Gemiste stemoproep"]),
    ("af", MISSED_VIDEO, &["Gemiste video-oproep"]),
];

const LOCATION: &[(&str, (), &[&str])] = &[
    ("en", (), &["location", "Location"]),
    ("de", (), &["Standort"]),
    ("es", (), &["ubicación", "Ubicación"]),
    ("fr", (), &["localisation", "Localisation", "emplacement"]),
    ("it", (), &["posizione", "Posizione"]),
    ("pt", (), &["localização", "Localização"]),
    ("nl", (), &["locatie", "Locatie"]),
    ("ru", (), &["местоположение", "Местоположение"]),
    ("he", (), &["מיקום"]),
    ("ar", (), &["الموقع"]),
    ("af", (), &["ligging", "Ligging"]),
];

const LIVE_LOCATION: &[(&str, (), &[&str])] = &[
    ("en", (), &["live location shared", "Live location shared"]),
    ("de", (), &["Live-Standort wird geteilt", "Live-Standort geteilt"]),
    (
        "es",
        (),
        &[
            "ubicación en tiempo real compartida",
            "Ubicación en tiempo real compartida",
        ],
    ),
    (
        "fr",
        (),
        &["localisation en direct partagée", "Localisation en direct partagée"],
    ),
    ("it", (), &["posizione in tempo reale condivisa"]),
    (
        "pt",
        (),
        &[
            "localização em tempo real compartilhada",
            "Localização em tempo real partilhada",
        ],
    ),
    ("nl", (), &["live locatie gedeeld"]),
    ("ru", (), &["трансляция геоданных"]),
    ("he", (), &["מיקום חי משותף"]),
    ("ar", (), &["تمت مشاركة الموقع المباشر"]),
    ("af", (), &["regstreekse ligging gedeel"]),
];

/// The words before a poll's question and before each of its options.
const POLLS: &[(&str, &str)] = &[
    ("POLL", "OPTION"),
    ("UMFRAGE", "OPTION"),
    ("ENCUESTA", "OPCIÓN"),
    ("SONDAGE", "OPTION"),
    ("SONDAGGIO", "OPZIONE"),
    ("ENQUETE", "OPÇÃO"),
    ("SONDAGEM", "OPÇÃO"),
    ("POLL", "OPTIE"),
    ("PEILING", "OPTIE"),
    ("ОПРОС", "ВАРИАНТ"),
    ("סקר", "אפשרות"),
    ("استطلاع", "خيار"),
    ("PEILING", "OPSIE"),
];

static EDITED_WORDS: Table<()> = Table::new(|| words(EDITED));
static DELETED_WORDS: Table<DeletedBy> = Table::new(|| words(DELETED));
static CALL_WORDS: Table<CallWord> = Table::new(|| words(CALLS));
static LOCATION_WORDS: Table<()> = Table::new(|| words(LOCATION));
static LIVE_WORDS: Table<()> = Table::new(|| words(LIVE_LOCATION));

/// Whether these words in angle brackets say that the text before them was edited.
pub(crate) fn is_edited_mark(words: &str) -> bool {
    EDITED_WORDS.contains_key(words)
}

/// On whose word a message was deleted, when the words say that it was.
pub(crate) fn deleted(words: &str) -> Option<DeletedBy> {
    DELETED_WORDS.get(words).copied()
}

/// Whether the words say that an administrator, whom they name, deleted it.
pub(crate) fn admin_deletion(words: &str) -> bool {
    let between = |(before, behind): &(&str, &str)| words.strip_prefix(before)?.strip_suffix(behind);
    ADMIN.iter().filter_map(between).any(|name| !name.is_empty())
}

/// Whether the words stand in the place of a message that was to be seen once.
pub(crate) fn is_view_once(words: &str, marked: bool) -> bool {
    VIEW_ONCE.iter().any(|once| is_all_but_tail(words, once, marked))
}

/// Whether the words stand in the place of a message that had not come.
pub(crate) fn is_waiting(words: &str, marked: bool) -> bool {
    WAITING.iter().any(|waiting| is_all_but_tail(words, waiting, marked))
}

/// People begin sentences like the app does. Where its mark is missing, nothing unknown may follow: their words would be lost.
fn is_all_but_tail(words: &str, start: &str, marked: bool) -> bool {
    words
        .strip_prefix(start)
        .is_some_and(|tail| marked || tail.is_empty() || TAILS.contains(&tail))
}

/// The kind of a call, by the words before the comma.
pub(crate) fn call(words: &str) -> Option<CallWord> {
    CALL_WORDS.get(words).copied()
}

/// Whether the word before a link says that it leads to a place.
pub(crate) fn is_location(word: &str) -> bool {
    LOCATION_WORDS.contains_key(word)
}

/// Whether the words say that a place was shared as it changed.
pub(crate) fn is_live_location(words: &str) -> bool {
    LIVE_WORDS.contains_key(words)
}

/// The words before options that go with the word before a question.
pub(crate) fn poll_word(question: &str) -> impl Iterator<Item = &'static str> {
    POLLS
        .iter()
        .filter(move |(poll, _)| *poll == question)
        .map(|(_, option)| *option)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn every_language_has_its_words() {
        check(EDITED);
        check(DELETED);
        check(CALLS);
        check(LOCATION);
        check(LIVE_LOCATION);
    }
}
