//! Places that are no `key = value`: URLs, headers, statements, commands, documents that say what is secret.

use std::ops::Range;

use data_encoding::BASE64;

use super::key::KeyKind;
use super::kube::{self, Member};
use super::value::Form;
use super::{Check, Finds, call, command, declared, header, judge, kinds, pair, record, shell, sql, url};
use crate::checks::filters;
use crate::model::{Confidence, Proof};

/// The anchors of these places. Each is rare in ordinary text.
pub(super) const PLACES: &[(&str, Site)] = &[
    ("://", Site::Url),
    ("jdbc:oracle:thin:", Site::Oracle),
    ("cookie:", Site::Cookie),
    ("cookie\":", Site::Cookie),
    ("cookie':", Site::Cookie),
    ("identified by", Site::Sql),
    ("pragma key", Site::Sql),
    ("insert into", Site::Insert),
    ("from stdin;", Site::Copy),
    ("@tcp(", Site::GoDsn),
    (":5432:", Site::Pgpass),
    (":5433:", Site::Pgpass),
    (":5434:", Site::Pgpass),
    (":5439:", Site::Pgpass),
    (":6432:", Site::Pgpass),
    (":6543:", Site::Pgpass),
    (":15432:", Site::Pgpass),
    (":25060:", Site::Pgpass),
    (":26257:", Site::Pgpass),
    (":*:", Site::Pgpass),
    ("chpasswd", Site::Piped { has_user: true }),
    ("passwd --stdin", Site::Piped { has_user: false }),
    ("--password-stdin", Site::Piped { has_user: false }),
    ("--with-token", Site::Piped { has_user: false }),
    ("sudo -s", Site::Piped { has_user: false }),
    ("net use", Site::Net),
    ("sqlplus", Site::Sqlplus),
    ("> auth ", Site::RedisAuth),
    ("acl setuser", Site::RedisRules { is_command: true }),
    (" on >", Site::RedisRules { is_command: false }),
    ("send \"", Site::Typed),
    ("send -- \"", Site::Typed),
    ("sendline(", Site::Typed),
    ("auth plain ", Site::Sasl),
    ("\"random_password\"", Site::Generated),
    ("\"sensitive\": true", Site::Sensitive),
    ("\"sensitive\":true", Site::Sensitive),
];

/// What is looked for at an anchor of [`PLACES`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Site {
    Url,
    Oracle,
    Cookie,
    /// The password of an account or a database.
    Sql,
    /// Rows of an `INSERT`, and those below a `COPY`.
    Insert,
    Copy,
    GoDsn,
    Pgpass,
    /// What is piped into a command.
    Piped {
        has_user: bool,
    },
    /// `net use`, `net user`.
    Net,
    Sqlplus,
    RedisAuth,
    /// Rules of a user, set by a command or kept in a file.
    RedisRules {
        is_command: bool,
    },
    /// What a script types.
    Typed,
    Sasl,
    /// A password that Terraform generated.
    Generated,
    /// An object that says that it is sensitive.
    Sensitive,
}

impl Finds<'_, '_> {
    pub(super) fn at_site(&mut self, site: Site, anchor: Range<usize>) -> Option<()> {
        let text = self.text.bytes;
        match site {
            Site::Url => self.at_url(anchor.start),
            Site::Oracle => self.certain(Check::Database, anchor.start, url::oracle(text, anchor.end)?),
            Site::Cookie => {
                let name_end = anchor.start + "cookie".len();
                if name_end < self.read.cookies_end {
                    return None;
                }
                let header = header::cookies(text, name_end)?;
                self.read.cookies_end = header.end;
                for value in header::sessions(text, header) {
                    let confidence = judge::token(&text[value.clone()], true);
                    self.push(Check::Cookie, anchor.start, value, confidence, Proof::None);
                }
                Some(())
            }
            Site::Sql => self.certain(Check::Password, anchor.start, sql::password(text, &anchor)?),
            Site::Insert => {
                self.at_cells(sql::inserted(text, anchor.end));
                Some(())
            }
            Site::Copy => {
                self.at_cells(sql::copied(text, &anchor)?.cells);
                Some(())
            }
            Site::GoDsn => self.certain(Check::Database, anchor.start, url::go_dsn(text, anchor.start)?),
            Site::Piped { has_user } => {
                let secret = shell::piped(text, anchor.clone(), has_user)?;
                self.chosen(Check::Flag, anchor.start, secret)
            }
            Site::Net => self.at_arguments(Check::Flag, anchor.start, shell::net(text, anchor.end)),
            Site::Sqlplus => self.at_arguments(Check::Flag, anchor.start, shell::sqlplus(text, anchor.end)),
            Site::RedisAuth => {
                self.at_arguments(Check::Flag, anchor.start, shell::redis_auth(text, anchor.start, anchor.end))
            }
            Site::RedisRules { is_command } => {
                let is_known = is_command || shell::declares_user(text, anchor.start);
                is_known.then_some(())?;
                // The last byte of the anchor may be the first of a rule.
                self.at_arguments(Check::Flag, anchor.start, shell::redis_rules(text, anchor.end - 1))
            }
            Site::Typed => {
                let quote = memchr::memchr(b'"', &text[anchor.clone()]).unwrap_or(anchor.len());
                self.at_arguments(Check::Flag, anchor.start, shell::typed(text, anchor.start, anchor.start + quote))
            }
            Site::Sasl => {
                let secret = pair::sasl_plain(text, anchor.start + "auth".len())?;
                let is_dummy = filters::is_dummy(&text[secret.clone()]);
                let confidence = (!is_dummy).then_some(Confidence::High);
                self.push(Check::Basic, anchor.start, secret, confidence, Proof::Structure)
            }
            Site::Sensitive => {
                let secret = declared::sensitive(text, anchor.start)?;
                self.chosen(Check::Secret, secret.start, secret)
            }
            Site::Generated => {
                let (results, end) = declared::results(text, anchor.start.max(self.read.results_end));
                self.read.results_end = end;
                for secret in results {
                    self.chosen(Check::Password, secret.start, secret);
                }
                Some(())
            }
            Site::Pgpass => {
                if anchor.start < self.read.pgpass_end {
                    return None;
                }
                let (secret, end) = record::pgpass(text, anchor.start);
                self.read.pgpass_end = end;
                self.certain(Check::Pgpass, anchor.start, secret?)
            }
        }
    }

    /// A password that may be a label yet.
    fn chosen(&mut self, check: Check, start: usize, secret: Range<usize>) -> Option<()> {
        let confidence = judge::assigned(&self.text.bytes[secret.clone()], KeyKind::Password, Form::Quoted);
        self.push(check, start, secret, confidence, Proof::None)
    }

    /// A password whose place leaves no doubt.
    fn certain(&mut self, check: Check, start: usize, secret: Range<usize>) -> Option<()> {
        let confidence = judge::certain_password(&self.text.bytes[secret.clone()]);
        self.push(check, start, secret, confidence, Proof::None)
    }

    /// What a command takes for passwords; `None` where none of it is one.
    fn at_arguments(
        &mut self,
        check: Check,
        start: usize,
        secrets: impl IntoIterator<Item = Range<usize>>,
    ) -> Option<()> {
        let mut found = None;
        for secret in secrets {
            let value = &self.text.bytes[secret.clone()];
            // Documentation writes `curl -u user:pass`.
            let is_stock = kinds::is_stock_password(value);
            let confidence = judge::certain_password(value).map(|sure| if is_stock { Confidence::Low } else { sure });
            found = self.push(check, start, secret, confidence, Proof::None).or(found);
        }
        found
    }

    /// A Kubernetes secret: what is under `data:` is one, whatever it is called.
    pub(super) fn at_kind(&mut self, at: usize) {
        let text = self.text.bytes;
        let floor = std::mem::replace(&mut self.read.kind_end, at);
        for value in kube::values(text, at, floor, Member::Data) {
            let decoded = BASE64.decode(&text[value.clone()]).unwrap_or_default();
            let confidence = (!decoded.is_empty()).then(|| judge::assigned(&decoded, KeyKind::Password, Form::Quoted));
            self.push(Check::Secret, value.start, value, confidence.flatten(), Proof::None);
        }
        for value in kube::values(text, at, floor, Member::StringData) {
            self.chosen(Check::Secret, value.start, value);
        }
    }

    fn at_url(&mut self, at: usize) -> Option<()> {
        let text = self.text.bytes;
        let found = url::userinfo(text, at)?;
        if text[found.user.start..found.password.end].iter().any(|byte| matches!(byte, b'{' | b'}')) {
            // A template: a URL would encode them.
            return None;
        }
        let (user, host) = (&text[found.user.clone()], &text[found.host.clone()]);
        let check = if found.is_database { Check::Database } else { Check::Userinfo };
        if found.password.is_empty() || &text[found.password.clone()] == b"x-oauth-basic" {
            // A token alone; one that a crash reporter hands to every client is no secret.
            let is_public =
                memchr::memmem::find(host, b"sentry").is_some() || memchr::memmem::find(host, b"ingest").is_some();
            let confidence = judge::token(user, true).filter(|_| user.len() >= 16);
            let confidence = confidence.map(|sure| if is_public { Confidence::Low } else { sure });
            return self.push(check, found.whole.start, found.user, confidence, Proof::None);
        }
        let confidence = judge::userinfo(user, &text[found.password.clone()], host);
        self.push(check, found.whole.start, found.password, confidence, Proof::None)
    }

    pub(super) fn at_call(&mut self, function: &call::Function, at: usize) -> Option<()> {
        let (kind, secret) = call::secret(function, self.text.bytes, at + function.name.len())?;
        let confidence = judge::assigned(&self.text.bytes[secret.clone()], kind, Form::Quoted);
        let check = if kind == KeyKind::Password { Check::Password } else { Check::Secret };
        self.push(check, at, secret, confidence, Proof::None)
    }

    pub(super) fn at_program(&mut self, program: &command::Program, at: usize) {
        if at < self.read.command_end || !program.verb.is_empty() && at < self.read.verbless_end {
            return;
        }
        let found = command::passwords(program, self.text.bytes, at);
        let end = if found.has_verb { &mut self.read.command_end } else { &mut self.read.verbless_end };
        *end = found.end.max(*end);
        let check = match program.name {
            "mysql" | "mariadb" => Check::Mysql,
            "curl" => Check::Curl,
            _ => Check::Flag,
        };
        self.at_arguments(check, at, found.passwords);
    }
}
