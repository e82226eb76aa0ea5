//! Words that names of secrets are made of, and words that make a name something else.

/// A set of words, in which most that are not members are told by their first letter and length.
#[derive(Debug)]
pub(super) struct WordSet {
    words: &'static [&'static str],
    /// For each first letter, the lengths of its words, a bit each.
    lengths: [u32; 32],
}

impl WordSet {
    const fn new(words: &'static [&'static str]) -> Self {
        let mut lengths = [0; 32];
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            lengths[(word[0] & 31) as usize] |= 1 << (word.len() & 31);
            index += 1;
        }
        Self { words, lengths }
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        let Some(first) = word.bytes().next() else { return false };
        self.lengths[usize::from(first & 31)] >> (word.len() & 31) & 1 == 1 && self.words.contains(&word)
    }
}

/// Whether a name ends in one of these words, in any case.
pub(super) fn ends_in(name: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| {
        name.len().checked_sub(word.len()).is_some_and(|at| name[at..].eq_ignore_ascii_case(word.as_bytes()))
    })
}

/// What a password is called.
pub(super) static PASSWORDS: WordSet =
    WordSet::new(&["pass", "userpass", "dbpass", "pw", "passin", "passout", "psk", "bindpw", "rootpw", "masterauth"]);

/// What the last word of a password's name ends with.
pub(super) const PASSWORD_ENDS: &[&str] = &[
    "password",
    "passwords",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "pwd",
    "kennwort",
    "senha",
    "contrasena",
    "wachtwoord",
    "sshpass",
    "motdepasse",
    "heslo",
    "salasana",
    "requirepass",
    "storepass",
    "keypass",
];

/// Names of passwords that are no ASCII word.
pub(super) const FOREIGN: &[&str] = &[
    "mot de passe",
    "contraseña",
    "пароль",
    "Пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "hasło",
    "lösenord",
    "şifre",
];

/// Words before `password` that make it something to do, or to say of one.
pub(super) static ACTIONS: WordSet = WordSet::new(&[
    "forgot", "reset", "show", "hide", "toggle", "no", "is", "has", "needs", "require", "requires", "ask", "get",
    "check", "cwd",
]);

/// Words behind a name that change nothing.
pub(super) static NEUTRAL: WordSet = WordSet::new(&[
    "value",
    "string",
    "str",
    "plain",
    "plaintext",
    "text",
    "b64",
    "base64",
    "encoded",
    "prod",
    "production",
    "staging",
    "stage",
    "dev",
    "test",
    "live",
    "sandbox",
    "default",
    "new",
    "old",
    "current",
    "env",
    "var",
    "primary",
    "secondary",
    "main",
    "raw",
    "data",
    "local",
    "global",
    "base",
]);

/// Words anywhere in a name that make its value no secret.
pub(super) static PUBLIC: WordSet = WordSet::new(&["public", "publishable", "pub", "csrf", "xsrf", "csrfmiddleware"]);

/// Words before `token`, `secret` or `key` that make it no secret.
pub(super) static OTHERS: WordSet = WordSet::new(&[
    "no",
    "max",
    "min",
    "num",
    "total",
    "is",
    "has",
    "get",
    "set",
    "next",
    "page",
    "pagination",
    "continuation",
    "continue",
    "sync",
    "synced",
    "csrf",
    "xsrf",
    "pad",
    "eos",
    "bos",
    "unk",
    "sep",
    "cls",
    "mask",
    "input",
    "output",
    "prompt",
    "special",
    "per",
    "stop",
    "start",
    "end",
    "cancellation",
    "cancel",
    "abort",
    "syntax",
    "lexer",
    "parse",
    "forgot",
    "reset",
    "confirm",
    "show",
    "hide",
    "toggle",
    "cursor",
    "primary",
    "foreign",
    "anti",
    "previous",
    "prev",
    "sequence",
    "starting",
    "forward",
    "backward",
    "change",
    "resumption",
    "lock",
    "dedup",
    "dedupe",
    "idempotency",
    "query",
    "sort",
    "cache",
    "partition",
    "row",
    "shard",
    "hash",
    "range",
    "group",
    "object",
    "s3",
    "bucket",
    "index",
    "unique",
    "translation",
    "i18n",
    "message",
    "routing",
    "lookup",
    "map",
    "dict",
    "json",
    "join",
    "order",
    "natural",
    "surrogate",
    "event",
    "job",
    "task",
    "request",
    "trace",
    "span",
    "metric",
    "state",
    "redis",
    "config",
    "field",
    "column",
    "registry",
    "hot",
    "host",
    "site",
    "websocket",
]);

/// Words before `key` that make it a secret one.
pub(super) const KEYS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "account",
    "encryption",
    "encrypt",
    "decryption",
    "signing",
    "sign",
    "master",
    "app",
    "application",
    "auth",
    "session",
    "service",
    "storage",
    "license",
    "licence",
    "hmac",
    "aes",
    "shared",
    "deploy",
    "consumer",
    "subscription",
    "ssh",
    "rest",
    "role",
    "admin",
    "read",
    "write",
    "record",
    "integration",
    "sdk",
    "fernet",
    "nonce",
    "logged_in",
    "in",
    "crypt",
    "crypto",
    "client",
    "server",
    "jwt",
    "webhook",
    "maps",
    "merchant",
    "management",
    "cipher",
    "root",
    "user",
    "agent",
    "token",
    "functions",
    "function",
    "ingest",
];

/// Words that leave little doubt.
pub(super) const SURE: &[&str] =
    &["api", "secret", "auth", "access", "private", "credential", "bearer", "refresh", "personal"];
