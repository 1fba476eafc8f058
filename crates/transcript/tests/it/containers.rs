//! Text files and zip files as they come: which entry is the chat, what the media are, and what is refused.

use std::io::{Cursor, Read};

use counterfoil_transcript::{Container, ContainerError, Limits, Media};

use crate::zips::{Field, field, set, zip};

const CHAT: &[u8] = b"13/06/2018, 21:25 - Ann: a\n";

fn open(bytes: Vec<u8>) -> Container<Cursor<Vec<u8>>> {
    Container::open(Cursor::new(bytes), Limits::default()).unwrap()
}

fn refused(bytes: Vec<u8>, limits: Limits) -> ContainerError {
    Container::open(Cursor::new(bytes), limits).err().unwrap()
}

fn chat(container: &mut Container<Cursor<Vec<u8>>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    container.chat().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn names(container: &Container<Cursor<Vec<u8>>>) -> Vec<String> {
    container.media().iter().map(|media| media.name().to_owned()).collect()
}

#[test]
fn a_text_file_is_the_chat() {
    let mut container = open(CHAT.to_vec());
    assert_eq!(chat(&mut container), CHAT);
    assert_eq!(chat(&mut container), CHAT, "and again for the second pass");
    assert!(container.media().is_empty() && container.chats().is_empty());
    assert_eq!(chat(&mut open(Vec::new())), b"");
}

#[test]
fn the_chat_is_found_among_its_media() {
    for (entries, media) in [
        (
            &["_chat.txt", "00000001-PHOTO-2018-06-13-21-25-15.jpg"][..],
            &["00000001-PHOTO-2018-06-13-21-25-15.jpg"][..],
        ),
        (&["a.jpg", "WhatsApp Chat with Ann.txt"], &["a.jpg"]),
        (&["Чат WhatsApp с Анной.txt"], &[]),
        (&["Conversa do WhatsApp com Ann.TXT"], &[]),
        // Attachments can be texts.
        (
            &["_chat.txt", "00000002-notes.txt", "00000003-WhatsApp Chat with Bob.txt"],
            &["00000002-notes.txt", "00000003-WhatsApp Chat with Bob.txt"],
        ),
        // What systems add.
        (
            &[
                "_chat.txt",
                "__MACOSX/._chat.txt",
                "__MACOSX/b.txt",
                ".DS_Store",
                "folder/",
            ],
            &[],
        ),
        // Packed with the folder around it.
        (&["Boats/_chat.txt", "Boats/a.jpg"], &["a.jpg"]),
        (&["deeper/down/_chat.txt", "_chat.txt"], &["_chat.txt"]),
        (&["renamed.txt"], &[]),
    ] {
        let entries: Vec<(&str, &[u8])> = entries
            .iter()
            .map(|name| (*name, if name.ends_with('/') { &b""[..] } else { CHAT }))
            .collect();
        let mut container = open(zip(&entries));
        assert_eq!(chat(&mut container), CHAT, "{entries:?}");
        assert_eq!(names(&container), media, "{entries:?}");
    }
}

#[test]
fn a_text_that_is_no_chat_is_not_taken_for_one() {
    let mut container = open(zip(&[("a.txt", b"Dear Sir\n"), ("b.txt", CHAT)]));
    assert_eq!(chat(&mut container), CHAT);
    assert_eq!(names(&container), ["a.txt"]);
    let mut container = open(zip(&[("a.txt", b"Dear Sir\n"), ("a.jpg", b"x")]));
    assert!(matches!(container.chat().err(), Some(ContainerError::NoChat)));
    assert_eq!(container.media().len(), 2);
}

#[test]
fn of_several_chats_one_is_chosen() {
    let other = b"14/06/2018, 21:25 - Bob: b\n";
    let mut container = open(zip(&[
        ("WhatsApp Chat with Ann.txt", CHAT),
        ("WhatsApp Chat with Bob.txt", other),
    ]));
    assert!(matches!(
        container.chat().err(),
        Some(ContainerError::SeveralChats { count: 2 })
    ));
    assert_eq!(
        container.chats(),
        ["WhatsApp Chat with Ann.txt", "WhatsApp Chat with Bob.txt"]
    );
    assert!(matches!(container.choose("a.txt"), Err(ContainerError::NoSuchEntry)));
    container.choose("WhatsApp Chat with Bob.txt").unwrap();
    assert_eq!(chat(&mut container), other);
    assert_eq!(names(&container), ["WhatsApp Chat with Ann.txt"]);
    // Two of one name cannot be told apart by it.
    let mut container = open(zip(&[("_chat.txt", CHAT), ("_chat.txt", other)]));
    assert!(matches!(
        container.chat().err(),
        Some(ContainerError::SeveralChats { count: 2 })
    ));
    assert!(matches!(
        container.choose("_chat.txt"),
        Err(ContainerError::NoSuchEntry)
    ));
}

#[test]
fn names_are_words_and_not_paths() {
    let slips = ["../../etc/passwd", "/etc/shadow", "C:\\windows\\win.ini", "a/../b.jpg"];
    let mut entries: Vec<(&str, &[u8])> = slips.iter().map(|name| (*name, &b"x"[..])).collect();
    entries.push(("_chat.txt", CHAT));
    let mut container = open(zip(&entries));
    assert_eq!(chat(&mut container), CHAT);
    assert_eq!(names(&container), ["passwd", "shadow", "win.ini", "b.jpg"]);
    assert_eq!(container.media().iter().map(Media::entry).collect::<Vec<_>>(), slips);
}

#[test]
fn media_are_read_one_by_one_also_of_one_name() {
    let mut container = open(zip(&[("a.jpg", b"one"), ("_chat.txt", CHAT), ("a.jpg", b"three")]));
    let media = container.media();
    let read = |container: &mut Container<_>, media: &Media| {
        let mut bytes = Vec::new();
        container.read(media).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(media.iter().map(Media::size).collect::<Vec<_>>(), [3, 5]);
    assert_eq!(
        (read(&mut container, &media[0]), read(&mut container, &media[1])),
        (b"one".to_vec(), b"three".to_vec())
    );
    let stranger = Media::beside("a.jpg".to_owned(), 3);
    assert!(matches!(
        container.read(&stranger).err(),
        Some(ContainerError::NoSuchEntry)
    ));
    assert!(matches!(
        open(CHAT.to_vec()).read(&media[0]).err(),
        Some(ContainerError::NoSuchEntry)
    ));
}

#[test]
fn what_exceeds_a_limit_is_refused_before_it_is_unpacked() {
    let some = zip(&[("_chat.txt", CHAT), ("a.jpg", b"x"), ("b.jpg", b"x")]);
    let all = Limits::default();
    assert!(matches!(
        refused(some.clone(), Limits { entries: 2, ..all }),
        ContainerError::TooManyEntries { limit: 2 }
    ));
    assert!(matches!(
        refused(some.clone(), Limits { name_bytes: 8, ..all }),
        ContainerError::NameTooLong { limit: 8 }
    ));
    assert!(matches!(
        refused(some.clone(), Limits { total_bytes: 28, ..all }),
        ContainerError::TooLarge { limit: 28 }
    ));
    assert!(matches!(
        refused(some, Limits { chat_bytes: 26, ..all }),
        ContainerError::ChatTooLarge { limit: 26 }
    ));
    assert!(matches!(
        refused(CHAT.to_vec(), Limits { chat_bytes: 26, ..all }),
        ContainerError::ChatTooLarge { limit: 26 }
    ));
    let bomb = zip(&[("_chat.txt", CHAT), ("a.jpg", &vec![0; 12 << 20])]);
    assert!(matches!(refused(bomb, all), ContainerError::Bomb { limit: 200 }));
}

#[test]
fn entries_that_are_not_what_they_say_are_refused_or_end_in_an_error() {
    let honest = zip(&[("_chat.txt", CHAT), ("a.jpg", &vec![7; 5000])]);
    let with = |what: Field, value: u32| {
        let mut zip = honest.clone();
        set(&mut zip, 1, what, value);
        zip
    };
    let first = field(&honest, 0, Field::Place);
    assert!(matches!(
        refused(with(Field::Place, first), Limits::default()),
        ContainerError::Overlap
    ));
    assert!(matches!(
        refused(with(Field::Flags, 1), Limits::default()),
        ContainerError::Encrypted
    ));
    // Sizes that lie: reading stops where the directory says that it ends, with an error.
    for size in [10, 4999, 5001, 9 << 20] {
        let container = open(with(Field::Size, size));
        let media = container.media();
        let mut bytes = Vec::new();
        container.read(&media[0]).unwrap().read_to_end(&mut bytes).unwrap_err();
        assert!(bytes.len() <= 64 * 1024, "{size}");
    }
    let mut container = open(with(Field::Method, 12));
    let media = container.media();
    assert!(matches!(
        container.read(&media[0]).err(),
        Some(ContainerError::UnknownMethod)
    ));
    assert_eq!(chat(&mut container), CHAT, "the others can be read");
}

#[test]
fn damaged_zips_are_refused() {
    let honest = zip(&[("_chat.txt", CHAT), ("a.jpg", b"x")]);
    for length in 4..honest.len() {
        let error = refused(honest[..length].to_vec(), Limits::default());
        assert!(
            matches!(
                error,
                ContainerError::Damaged(_) | ContainerError::Contradicts | ContainerError::Overlap
            ),
            "{length}: {error}"
        );
    }
    let mut altered = honest.clone();
    // Within the packed text.
    altered[45] ^= 0x10;
    let mut bytes = Vec::new();
    open(altered).chat().unwrap().read_to_end(&mut bytes).unwrap_err();
}

#[test]
fn nothing_of_the_content_shows_in_debug() {
    let container = open(zip(&[("WhatsApp Chat with Ann.txt", CHAT), ("Ann.jpg", b"x")]));
    assert!(!format!("{container:?}{:?}", container.media()).contains("Ann"));
}
