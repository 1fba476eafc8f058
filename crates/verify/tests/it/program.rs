//! The program: its words, its JSON and its exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::log::{Log, vkey};

/// The vectors of that page.
fn vectors(name: &str) -> Value {
    let path = format!("{}/../ledger/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_counterfoil-verify");
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder with a slip, openings, a leaf and proof files, and the keys for them.
struct Handed {
    folder: tempfile::TempDir,
    key: String,
    witness: String,
}

impl Handed {
    fn over() -> Self {
        let (slips, openings, checkpoint) = (vectors("slip"), vectors("opening"), vectors("checkpoint"));
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
        put("living.slip", text(&slips["good"][0]["text"]).as_bytes());
        put("erased.slip", text(&slips["good"][1]["text"]).as_bytes());
        put("later.slip", text(&slips["bad"][0]["text"]).as_bytes());
        put("body.opening", text(&openings["good"][0]["text"]).as_bytes());
        put("file.opening", text(&openings["good"][2]["text"]).as_bytes());
        put("altered.opening", text(&openings["good"][4]["text"]).as_bytes());
        put("never.opening", text(&openings["good"][6]["text"]).as_bytes());
        put("foreign.tlog-proof", text(&checkpoint["proof"]["text"]).as_bytes());
        let slip = counterfoil_ledger::slip::Slip::parse(text(&slips["good"][0]["text"]).as_bytes()).unwrap();
        let first = &slip.leaves[0];
        let mut proof = counterfoil_ledger::proof_file::ProofFile {
            extra: None,
            index: first.index,
            hashes: first.hashes.clone(),
            checkpoint: slip.checkpoint,
        };
        put("message.leaf", &first.entry);
        put("file.leaf", &slip.leaves[1].entry);
        put("no.leaf", b"no leaf");
        put("message.tlog-proof", proof.to_string().as_bytes());
        proof.extra = Some(text(&openings["good"][0]["text"]).as_bytes().to_vec());
        put("disclosed.tlog-proof", proof.to_string().as_bytes());
        Self {
            key: text(&slips["vkey"]).to_owned(),
            witness: text(&slips["witness_vkey"]).to_owned(),
            folder,
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(self.folder.path(), &[arguments, &["--key", &self.key]].concat())
    }

    /// What is said when it ends with this code, and in its JSON.
    fn ends(&self, code: i32, verdict: &str, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let words = said(&output);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {words}{:?}",
            output.stderr
        );
        let mut sentence = verdict.to_owned();
        sentence[..1].make_ascii_uppercase();
        assert!(
            words.lines().any(|line| line == format!("{sentence}.")),
            "{arguments:?}: {words}"
        );
        let report = json(&self.run(&[arguments, &["--json"]].concat()));
        assert_eq!(report["verdict"], verdict);
        assert_eq!(report["sound"], code == 0);
        words
    }
}

#[test]
fn vault_1_the_five_verdicts_are_kept_apart() {
    let handed = Handed::over();
    let withheld = handed.ends(0, "included but withheld", &["slip", "living.slip"]);
    assert!(withheld.contains("attachment step: fetched"), "{withheld}");
    let erased = handed.ends(0, "included but erased", &["slip", "erased.slip"]);
    assert!(erased.contains("field    body: included but erased"), "{erased}");
    assert!(erased.contains(", by leaf 12\n"), "{erased}");
    let opened = handed.ends(
        0,
        "included and opened",
        &["opening", "body.opening", "--slip", "living.slip"],
    );
    assert!(opened.contains("field    body: included and opened"), "{opened}");
    assert!(opened.contains("field    sender: included but withheld"), "{opened}");
    assert!(!opened.contains("hello"), "what was disclosed is not printed: {opened}");
    handed.ends(
        0,
        "included and opened",
        &["slip", "living.slip", "--opening", "file.opening"],
    );
    handed.ends(1, "altered", &["opening", "altered.opening", "--slip", "living.slip"]);
    handed.ends(
        1,
        "altered",
        &["opening", "body.opening", "altered.opening", "--slip", "living.slip"],
    );
    handed.ends(
        1,
        "not included",
        &["opening", "never.opening", "--slip", "living.slip"],
    );
}

#[test]
fn a_proof_file_speaks_for_its_own_leaf_alone() {
    let handed = Handed::over();
    let proof = |file, leaf| ["proof", file, "--entry", leaf];
    handed.ends(0, "included but withheld", &proof("message.tlog-proof", "message.leaf"));
    handed.ends(0, "included and opened", &proof("disclosed.tlog-proof", "message.leaf"));
    handed.ends(1, "not included", &proof("message.tlog-proof", "file.leaf"));
    handed.ends(
        1,
        "altered",
        &[
            &proof("message.tlog-proof", "message.leaf")[..],
            &["--opening", "altered.opening"],
        ]
        .concat(),
    );
    // The same key signed another checkpoint; this leaf is not in it.
    handed.ends(1, "not included", &proof("foreign.tlog-proof", "message.leaf"));
}

#[test]
fn who_has_seen_it_is_said_in_the_end_or_that_nobody_has() {
    let handed = Handed::over();
    let unasked = said(&handed.run(&["slip", "living.slip"]));
    assert!(
        unasked.contains("No witness whose key was given") && unasked.contains("One more signature"),
        "{unasked}"
    );
    let seen = handed.run(&["slip", "living.slip", "--witness", &handed.witness]);
    let last = said(&seen).lines().last().unwrap().to_owned();
    assert_eq!(
        last,
        "Seen from outside by witness.example/one, as of 2026-11-22T21:01:00Z by its clock."
    );
    let report = json(&handed.run(&["slip", "living.slip", "--json", "--witness", &handed.witness]));
    assert_eq!(report["outside"]["seen"][0]["time"], 1_795_381_260);

    let log = Log::grown([10]);
    let output = run(log.path(), &["folder", ".", "--key", &vkey().to_string()]);
    assert!(
        said(&output)
            .lines()
            .last()
            .unwrap()
            .starts_with("Nobody outside has countersigned")
    );
}

#[test]
fn another_key_is_not_this_log_and_an_altered_signature_is() {
    let handed = Handed::over();
    let stranger = vkey().to_string();
    let output = run(
        handed.folder.path(),
        &["slip", "living.slip", "--json", "--key", &stranger],
    );
    assert_eq!(
        (output.status.code(), &json(&output)["verdict"]),
        (Some(1), &Value::from("not included"))
    );
    let path = handed.folder.path().join("living.slip");
    let slip = fs::read_to_string(&path).unwrap();
    fs::write(path, slip.replace("\n11\n", "\n12\n")).unwrap();
    let words = handed.ends(1, "altered", &["slip", "living.slip"]);
    assert!(
        words.contains("why      the slip's checkpoint is not believed: "),
        "{words}"
    );
}

#[test]
fn what_could_not_be_checked_ends_with_2_and_says_nothing_on_standard_output() {
    let handed = Handed::over();
    for arguments in [
        vec!["slip", "later.slip"],
        vec!["slip", "absent.slip"],
        vec!["slip", "body.opening"],
        vec!["opening", "living.slip", "--slip", "living.slip"],
        vec!["proof", "message.tlog-proof", "--entry", "no.leaf"],
        vec!["proof", "living.slip", "--entry", "message.leaf"],
        vec!["folder", "."],
        vec!["folder", "absent"],
        vec!["nonsense"],
    ] {
        let output = handed.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(
            (said(&output), output.stderr.is_empty()),
            (String::new(), false),
            "{arguments:?}"
        );
    }
    let without_key = run(handed.folder.path(), &["slip", "living.slip"]);
    assert_eq!(without_key.status.code(), Some(2));
}

#[test]
fn a_folder_is_checked_whole_and_says_where_it_was_altered() {
    let log = Log::grown([300, 700]);
    let key = vkey().to_string();
    let sound = run(log.path(), &["folder", ".", "--key", &key]);
    assert_eq!(sound.status.code(), Some(0));
    assert!(said(&sound).contains("Sound: every file is what the signed checkpoint says."));
    let report = json(&run(log.path(), &["folder", ".", "--key", &key, "--json"]));
    assert_eq!(
        (&report["sound"], &report["leaves"]),
        (&Value::from(true), &Value::from(700))
    );

    let path = log.path().join("tile/entries/001");
    let mut bytes = fs::read(&path).unwrap();
    bytes[2 + 20] ^= 1;
    fs::write(path, bytes).unwrap();
    let altered = run(log.path(), &["folder", ".", "--key", &key]);
    assert_eq!(altered.status.code(), Some(1));
    assert!(
        said(&altered).contains("DIFFERS  tile/entries/001 was altered, at leaf 256"),
        "{}",
        said(&altered)
    );
}

#[test]
fn vault_1_a_leaf_that_was_left_out_of_a_slip_is_missed_when_the_log_is_there() {
    let log = Log::grown([300]);
    let leaf = |i: u64| counterfoil_ledger::leaf::Leaf::decode(&log.entries[usize::try_from(i).unwrap()]).unwrap();
    // Leaf 5 is a tick that follows message 4.
    assert_eq!(leaf(5).follows, Some(leaf(4).subject));
    let hashes: Vec<_> = log
        .entries
        .iter()
        .map(|entry| counterfoil_ledger::tree::leaf_hash(entry))
        .collect();
    let proven = |index: u64| counterfoil_ledger::slip::ProvenLeaf {
        index,
        entry: log.entries[usize::try_from(index).unwrap()].clone(),
        hashes: counterfoil_ledger::proof::inclusion(index, 300, |node| {
            let start = usize::try_from(node.index << node.level).unwrap();
            hashes
                .get(start..start + (1 << node.level))
                .map(counterfoil_ledger::tree::root)
        })
        .unwrap(),
    };
    let note = fs::read(log.path().join("checkpoint")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, leaves: &[u64]| {
        let slip = counterfoil_ledger::slip::Slip {
            item: leaf(4).subject,
            leaves: leaves.iter().map(|index| proven(*index)).collect(),
            checkpoint: counterfoil_ledger::note::Note::parse(&note).unwrap(),
        };
        fs::write(folder.path().join(name), slip.to_string()).unwrap();
    };
    put("whole.slip", &[4, 5]);
    put("short.slip", &[4]);
    let (key, path) = (vkey().to_string(), log.path().to_str().unwrap());
    let check = |slip: &str, given: &[&str]| {
        let output = run(
            folder.path(),
            &[&["slip", slip, "--json", "--key", &key], given].concat(),
        );
        (output.status.code(), json(&output))
    };
    for slip in ["whole.slip", "short.slip"] {
        assert_eq!(check(slip, &[]).0, Some(0), "{slip} alone shows no gap");
    }
    let (code, whole) = check("whole.slip", &["--folder", path]);
    assert_eq!((code, &whole["whole"]), (Some(0), &Value::from(true)));
    let (code, short) = check("short.slip", &["--folder", path]);
    assert_eq!(
        (code, &short["whole"], &short["verdict"]),
        (Some(1), &Value::from(false), &Value::from("altered"))
    );

    // A folder that is not sound says nothing about it.
    fs::remove_file(log.path().join("tile/0/000")).unwrap();
    let output = run(folder.path(), &["slip", "whole.slip", "--key", &key, "--folder", path]);
    assert_eq!(output.status.code(), Some(2));
}
