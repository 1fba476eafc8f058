//! Lines that the app writes about the chat itself: encryption, people who come and go, names and settings of a group.

use serde::Serialize;

/// What a line of the app is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemKind {
    /// That the chat is encrypted end to end.
    Encryption,
    /// A key changed: another device, or another person.
    SecurityCode,
    /// Somebody has another number now.
    Number,
    /// The group was made.
    Created,
    /// Somebody came into the group, or was brought.
    Joined,
    /// Somebody went, or was removed.
    Left,
    /// The group has another name.
    Subject,
    /// The group has another picture.
    Icon,
    /// The group has another description.
    Description,
    /// Somebody may do more in the group, or less; or what all may do changed.
    Rights,
    /// How long messages stay was changed.
    Disappearing,
    /// Whom one talks to when it is a business.
    Business,
    /// A message was pinned.
    Pinned,
    /// A contact was blocked, or no longer.
    Blocked,
    /// A call.
    Call,
}

enum Pattern {
    /// The whole line, or what it begins with.
    Starts(&'static str),
    /// What is within it, between names.
    Holds(&'static str),
    /// What it ends with, behind names.
    Ends(&'static str),
}

use Pattern::{Ends, Holds, Starts};
use SystemKind::{
    Blocked, Business, Call, Created, Description, Disappearing, Encryption, Icon, Joined, Left, Number, Pinned,
    Rights, SecurityCode, Subject,
};

/// Notices without a name in them. iOS writes them as if somebody had said them.
const NOTICES: &[(SystemKind, &str)] = &[
    (Encryption, "Messages and calls are end-to-end encrypted"),
    (
        Encryption,
        "Messages to this chat and calls are now secured with end-to-end encryption",
    ),
    (
        Encryption,
        "Messages to this group are now secured with end-to-end encryption",
    ),
    (
        Encryption,
        "Messages you send to this chat and calls are now secured with end-to-end encryption",
    ),
    (Encryption, "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt"),
    (
        Encryption,
        "Los mensajes y las llamadas están cifrados de extremo a extremo",
    ),
    (
        Encryption,
        "Los mensajes y llamadas están cifrados de extremo a extremo",
    ),
    (Encryption, "Les messages et les appels sont chiffrés de bout en bout"),
    (Encryption, "I messaggi e le chiamate sono crittografati end-to-end"),
    (
        Encryption,
        "As mensagens e as ligações são protegidas com a criptografia de ponta a ponta",
    ),
    (
        Encryption,
        "As mensagens e as chamadas são protegidas com a criptografia de ponta a ponta",
    ),
    (Encryption, "As mensagens e chamadas são encriptadas ponta a ponta"),
    (Encryption, "Berichten en gesprekken worden end-to-end versleuteld"),
    (Encryption, "Berichten en oproepen zijn end-to-end versleuteld"),
    (Encryption, "Сообщения и звонки защищены сквозным шифрованием"),
    (Encryption, "ההודעות והשיחות מוצפנות מקצה לקצה"),
    (Encryption, "الرسائل والمكالمات مشفرة تمامًا بين الطرفين"),
    (Encryption, "الرسائل والمكالمات مشفّرة تمامًا بين الطرفين"),
    (Encryption, "Boodskappe en oproepe is end-tot-end geënkripteer"),
    (Business, "This business uses a secure service from Meta"),
    (Business, "This business is now working with other companies"),
    (Business, "This chat is with a business account"),
    (Business, "Dieses Unternehmen nutzt einen sicheren Dienst von Meta"),
    (Business, "Esta empresa usa un servicio seguro de Meta"),
    (Business, "Cette entreprise utilise un service sécurisé de Meta"),
    (Business, "Esta empresa usa um serviço seguro da Meta"),
    (Disappearing, "Disappearing messages were turned"),
    (SecurityCode, "Your security code with "),
    (SecurityCode, "Deine Sicherheitsnummer für "),
    (SecurityCode, "Cambió tu código de seguridad con "),
    (SecurityCode, "Votre code de sécurité avec "),
    (SecurityCode, "Il tuo codice di sicurezza con "),
    (SecurityCode, "Seu código de segurança com "),
    (SecurityCode, "Je beveiligingscode met "),
    (SecurityCode, "Ваш код безопасности с "),
];

/// Everything else, with names before, within or behind. The first that fits is taken.
const LINES: &[(SystemKind, Pattern)] = &[
    (SecurityCode, Ends("'s security code changed. Tap to learn more")),
    (Number, Holds(" changed their phone number")),
    (Number, Holds(" changed to +")),
    (Number, Holds(" hat die Telefonnummer geändert")),
    (Number, Holds(" cambió su número de teléfono")),
    (Number, Holds(" a changé de numéro")),
    (Number, Holds(" ha cambiato numero")),
    (Number, Holds(" mudou de número")),
    (Number, Holds(" изменил номер телефона")),
    (Created, Holds(" created group ")),
    (Created, Holds(" created this group")),
    (Created, Holds(" hat die Gruppe ")),
    (Created, Holds(" hast die Gruppe ")),
    (Created, Holds(" creó el grupo ")),
    (Created, Holds("Creaste el grupo ")),
    (Created, Holds(" a créé le groupe ")),
    (Created, Holds(" ha creato il gruppo ")),
    (Created, Holds(" criou o grupo ")),
    (Created, Holds(" criou este grupo")),
    (Created, Holds(" heeft de groep ")),
    (Created, Holds(" heeft groep ")),
    (Created, Holds(" создал группу ")),
    (Created, Holds(" создал(а) группу ")),
    (Created, Holds(" יצר את הקבוצה ")),
    (Created, Holds("أنشأ ")),
    (Created, Holds(" het groep ")),
    (Subject, Holds(" changed the subject ")),
    (Subject, Holds(" changed the group name ")),
    (Subject, Holds(" hat den Betreff ")),
    (Subject, Holds(" hat den Gruppennamen ")),
    (Subject, Holds(" cambió el asunto ")),
    (Subject, Holds(" cambió el nombre del grupo ")),
    (Subject, Holds(" a changé le sujet ")),
    (Subject, Holds(" a modifié le nom du groupe ")),
    (Subject, Holds(" ha cambiato l'oggetto ")),
    (Subject, Holds(" ha cambiato il nome del gruppo ")),
    (Subject, Holds(" mudou o nome do grupo ")),
    (Subject, Holds(" alterou o nome do grupo ")),
    (Subject, Holds(" heeft het onderwerp ")),
    (Subject, Holds(" изменил тему ")),
    (Subject, Holds(" изменил(а) название группы ")),
    (Subject, Holds(" שינה את הנושא ")),
    (Icon, Holds(" changed this group's icon")),
    (Icon, Holds(" changed the group icon")),
    (Icon, Holds(" hat das Gruppenbild geändert")),
    (Icon, Holds(" cambió el ícono ")),
    (Icon, Holds(" cambió el icono ")),
    (Icon, Holds(" a changé l'icône ")),
    (Icon, Holds(" ha cambiato l'immagine ")),
    (Icon, Holds(" mudou a imagem ")),
    (Icon, Holds(" heeft de groepsafbeelding ")),
    (Icon, Holds(" изменил иконку ")),
    (Description, Holds(" changed the group description")),
    (Description, Holds(" hat die Gruppenbeschreibung geändert")),
    (Description, Holds(" cambió la descripción ")),
    (Description, Holds(" a changé la description ")),
    (Description, Holds(" ha cambiato la descrizione ")),
    (Description, Holds(" mudou a descrição ")),
    (Description, Holds(" heeft de groepsbeschrijving ")),
    (Rights, Holds("now an admin")),
    (Rights, Holds(" no longer an admin")),
    (Rights, Holds(" changed this group's settings")),
    (Rights, Holds(" changed the settings ")),
    (Rights, Holds(" ist jetzt Admin")),
    (Rights, Holds(" bist jetzt Admin")),
    (Rights, Holds("Ahora eres admin")),
    (Rights, Holds(" es ahora admin")),
    (Rights, Holds(" est désormais admin")),
    (Rights, Holds(" ora è amministratore")),
    (Rights, Holds(" agora é admin")),
    (Rights, Holds(" is nu beheerder")),
    (Disappearing, Holds(" disappearing messages")),
    (Disappearing, Holds(" selbstlöschende Nachrichten")),
    (Disappearing, Holds(" mensajes temporales")),
    (Disappearing, Holds(" messages éphémères")),
    (Disappearing, Holds(" messaggi effimeri")),
    (Disappearing, Holds(" mensagens temporárias")),
    (Disappearing, Holds(" zelfwissende berichten")),
    (Disappearing, Holds(" исчезающие сообщения")),
    (Pinned, Ends(" pinned a message")),
    (Pinned, Ends(" hat eine Nachricht angepinnt")),
    (Pinned, Ends(" fijó un mensaje")),
    (Pinned, Ends(" a épinglé un message")),
    (Pinned, Ends(" ha fissato un messaggio")),
    (Pinned, Ends(" fixou uma mensagem")),
    (Pinned, Ends(" heeft een bericht vastgezet")),
    (Pinned, Ends(" закрепил сообщение")),
    (Blocked, Starts("You blocked this contact")),
    (Blocked, Starts("You unblocked this contact")),
    (Blocked, Starts("Du hast diesen Kontakt ")),
    (Call, Starts("Missed voice call")),
    (Call, Starts("Missed video call")),
    (Call, Starts("Verpasster Sprachanruf")),
    (Call, Starts("Verpasster Videoanruf")),
    (Joined, Holds(" added ")),
    (Joined, Holds(" was added")),
    (Joined, Holds(" were added")),
    (Joined, Holds(" joined using ")),
    (Joined, Ends(" joined")),
    (Joined, Ends(" hinzugefügt")),
    (Joined, Holds(" beigetreten")),
    (Joined, Holds(" añadió a ")),
    (Joined, Holds(" añadió ")),
    (Joined, Holds(" se unió ")),
    (Joined, Holds(" a ajouté ")),
    (Joined, Holds(" a rejoint ")),
    (Joined, Holds(" ha aggiunto ")),
    (Joined, Holds(" adicionou ")),
    (Joined, Holds(" entrou usando ")),
    (Joined, Ends(" toegevoegd")),
    (Joined, Holds(" добавил ")),
    (Joined, Holds(" добавил(а) ")),
    (Joined, Holds(" הוסיף את ")),
    (Joined, Holds(" bygevoeg")),
    (Left, Ends(" left")),
    (Left, Holds(" removed ")),
    (Left, Holds(" was removed")),
    (Left, Ends(" hat die Gruppe verlassen")),
    (Left, Ends(" entfernt")),
    (Left, Ends(" salió del grupo")),
    (Left, Ends(" salió")),
    (Left, Holds(" eliminó a ")),
    (Left, Ends(" a quitté le groupe")),
    (Left, Ends(" est parti")),
    (Left, Holds(" a retiré ")),
    (Left, Ends(" ha abbandonato")),
    (Left, Ends(" è uscito")),
    (Left, Holds(" ha rimosso ")),
    (Left, Ends(" saiu")),
    (Left, Ends(" saiu do grupo")),
    (Left, Holds(" removeu ")),
    (Left, Ends(" heeft de groep verlaten")),
    (Left, Ends(" verwijderd")),
    (Left, Ends(" покинул группу")),
    (Left, Ends(" вышел из группы")),
    (Left, Ends(" вышел(а) из группы")),
    (Left, Holds(" удалил ")),
    (Left, Ends(" עזב")),
    (Left, Ends(" غادر")),
    (Left, Ends(" het gegaan")),
];

/// A notice of the app that nobody's name is in, whoever it is said by.
pub(crate) fn notice(words: &str) -> Option<SystemKind> {
    NOTICES
        .iter()
        .find(|(_, notice)| words.starts_with(notice))
        .map(|(kind, _)| *kind)
}

/// What a line of the app is about, when its words are known.
pub(crate) fn system_kind(words: &str) -> Option<SystemKind> {
    let straight = words.replace('’', "'");
    let words = straight.as_str();
    // The group that somebody left is worded like the one that somebody made.
    let left = LINES
        .iter()
        .find(|(kind, pattern)| *kind == Left && matches!(pattern, Ends(_)) && pattern.fits(words));
    let other = || LINES.iter().find(|(_, pattern)| pattern.fits(words));
    notice(words).or_else(|| left.or_else(other).map(|(kind, _)| *kind))
}

/// Whether the words before a colon are not a name but the beginning of a line about a group whose name, given in quotes, has a colon.
pub(crate) fn may_hold_a_colon(before: &str) -> bool {
    let quoted = before.contains(['"', '“', '”', '„', '«', '»', '\'', '‘', '’']);
    let about_a_name = |kind: SystemKind| matches!(kind, Created | Subject);
    quoted
        && LINES
            .iter()
            .any(|(kind, pattern)| about_a_name(*kind) && pattern.fits(before))
}

/// Whether a quote is open where the words before a colon end, and is closed behind it: then the colon is within a group's name, in
/// whatever language the line is.
pub(crate) fn is_within_quotes(before: &str, behind: &str) -> bool {
    let mut open: Option<&[char]> = None;
    let mut last = ' ';
    for c in before.chars() {
        open = match (open, c) {
            (Some(ends), _) if ends.contains(&c) => None,
            (Some(_), _) => open,
            (None, '“') => Some(&['”']),
            (None, '„') => Some(&['“', '”']),
            (None, '«') => Some(&['»']),
            (None, '「') => Some(&['」']),
            // Behind a digit it is inches.
            (None, '"') if last == ' ' => Some(&['"']),
            (None, _) => None,
        };
        last = c;
    }
    let line = behind.split('\n').next().unwrap_or_default();
    open.is_some_and(|ends| line.contains(ends))
}

impl Pattern {
    fn fits(&self, words: &str) -> bool {
        match self {
            Starts(start) => words.starts_with(start),
            Holds(part) => words.contains(part),
            Ends(end) => words.ends_with(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_app_are_known() {
        for (words, expected) in [
            (
                "Messages and calls are end-to-end encrypted. No one outside of this chat can read them",
                Some(Encryption),
            ),
            (
                "Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt",
                Some(Encryption),
            ),
            ("Your security code with Ann changed", Some(SecurityCode)),
            ("Ann created group “Boats”", Some(Created)),
            ("Ann hat die Gruppe „Boote“ erstellt", Some(Created)),
            ("Ann hat die Gruppe verlassen", Some(Left)),
            ("Ann heeft de groep verlaten", Some(Left)),
            ("Ann changed the subject from “a” to “b”", Some(Subject)),
            ("Ann added Bob", Some(Joined)),
            ("Ann left", Some(Left)),
            ("Ann turned on disappearing messages", Some(Disappearing)),
            ("You're now an admin", Some(Rights)),
            ("Ann changed this group’s icon", Some(Icon)),
            ("Ann waved", None),
        ] {
            assert_eq!(system_kind(words), expected, "{words}");
        }
    }

    #[test]
    fn names_of_groups_may_have_colons() {
        assert!(may_hold_a_colon("Ann changed the subject from “a"));
        assert!(!may_hold_a_colon("Ann changed the subject from a"));
        assert!(!may_hold_a_colon("Ann “the boat” Miller"));
        for (before, behind, expected) in [
            ("Мария создала группу «Дача", "лето»", true),
            ("Ola utworzyła grupę „Rejs", "wiosna”", true),
            ("花子がグループ「釣り", "春」を作成しました", true),
            ("Ann „die Kahnfrau“ Kern", "“so”", false),
            ("TV 55\" Shop", "the 5\" one", false),
            ("Ann", "“so: it is”", false),
            ("Ann “the boat", "no end\n”", false),
        ] {
            assert_eq!(is_within_quotes(before, behind), expected, "{before}");
        }
    }
}
