//! How the parts of a path are joined in text, and what may stand beside them.

use crate::checks::boundary;

/// Separators that take more than a byte, wherever they are escaped. In any case.
const ESCAPED: [&[u8]; 16] = [
    b"%2f", b"%5c", b"%252f", b"%255c", b"\\u002f", b"\\u005c", b"\\x2f", b"\\x5c", b"\\57", b"\\057", b"&#47;",
    b"&#x2f;", b"&#92;", b"&#x5c;", b"&sol;", b"&bsol;",
];

/// Nobody writes more separators in a row, escaped ones included.
const MOST_SEPARATORS: usize = 16;

/// How far back a head of a path or address may reach.
const LONGEST_HEAD: usize = 512;

/// Where the separators begin that text ends in at `end`, `/./` included. `None` where there is none.
pub(super) fn separators_before(text: &[u8], end: usize) -> Option<usize> {
    let mut at = end;
    for _ in 0..MOST_SEPARATORS {
        let Some(&last) = at.checked_sub(1).and_then(|last| text.get(last)) else { break };
        at -= match last {
            b'/' | b'\\' => 1,
            b'.' if at < end && one_before(text, at - 1).is_some() => 1,
            _ => match one_before(text, at) {
                Some(len) => len,
                None => break,
            },
        };
    }
    (at < end).then_some(at)
}

/// Length of the one separator that text ends in at `end`.
fn one_before(text: &[u8], end: usize) -> Option<usize> {
    let before = &text[..end];
    match before.last()? {
        b'/' | b'\\' => Some(1),
        b'f' | b'F' | b'c' | b'C' | b'7' | b';' => ESCAPED.iter().map(|form| form.len()).find(|&len| {
            before.len() >= len && ESCAPED.iter().any(|form| form.eq_ignore_ascii_case(&before[before.len() - len..]))
        }),
        _ => None,
    }
}

/// Where the separators end that begin at `start`. `None` where there is none.
pub(super) fn separators_after(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for _ in 0..MOST_SEPARATORS {
        let is_dot = at > start && text.get(at) == Some(&b'.') && one_after(text, at + 1).is_some();
        match one_after(text, at) {
            Some(len) => at += len,
            None if is_dot => at += 1,
            None => break,
        }
    }
    (at > start).then_some(at)
}

/// Length of the one separator that stands at `at`.
pub(super) fn one_after(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    match rest.first()? {
        b'%' | b'&' | b'\\' => {
            let escaped =
                ESCAPED.iter().find(|form| rest.len() >= form.len() && form.eq_ignore_ascii_case(&rest[..form.len()]));
            escaped.map(|form| form.len()).or((rest[0] == b'\\').then_some(1))
        }
        b'/' => Some(1),
        _ => None,
    }
}

/// Whether a byte goes on with a name.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~')
}

/// Whether a name may begin at `start`: what stands before belongs to no name, or to an escape.
pub(super) fn begins_name(text: &[u8], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).map(|at| text[at]) else { return true };
    match before {
        b'.' => start < 2 || !text[start - 2].is_ascii_alphanumeric() && text[start - 2] != b'.',
        before => !is_name(before) || boundary::ends_in_escape(&text[..start]),
    }
}

/// Where a name ends that could end at `end`: just there, or behind `.git`. `None` where the name goes on.
pub(super) fn ends_name(text: &[u8], end: usize) -> Option<usize> {
    let rest = &text[end..];
    if rest.len() >= 4 && rest[..4].eq_ignore_ascii_case(b".git") && goes_on(&rest[4..]).is_none() {
        return Some(end + 4);
    }
    goes_on(rest).is_none().then_some(end)
}

/// Says that text goes on with the name that it follows.
fn goes_on(rest: &[u8]) -> Option<()> {
    let next = rest.get(1).copied().unwrap_or(b' ');
    let goes_on = match rest.first()? {
        b'~' => true,
        b'.' | b'-' | b'_' | b'+' => next.is_ascii_alphanumeric() || next == b'_',
        b'%' => {
            let digits = rest.get(1..3).and_then(|digits| str::from_utf8(digits).ok());
            let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
            code.is_some_and(|code| code.is_ascii_alphanumeric() || matches!(code, b'-' | b'_'))
        }
        byte => byte.is_ascii_alphanumeric(),
    };
    goes_on.then_some(())
}

/// Where the path `/…` begins whose leading separators begin at `at`; `None` where they stand in the middle of another path.
pub(super) fn absolute_start(text: &[u8], at: usize, first: usize) -> Option<usize> {
    let before = &text[..at];
    let Some(&last) = before.last() else { return Some(at) };
    if last == b':' {
        return after_colon(before, &text[at..first]);
    }
    if !is_name(last) && last != b'}' {
        return Some(at);
    }
    if last == b'}' {
        // `${HOME}/…` is another path; a brace of JSON or of a template is none.
        let opened = before.iter().rev().take(64).position(|&byte| byte == b'{').map(|back| at - 1 - back);
        return (!opened.is_some_and(|open| text[..open].ends_with(b"$"))).then_some(at);
    }
    if boundary::ends_in_escape(before) || is_short_flag(before) {
        return Some(at);
    }
    aliased_root(text, at).or_else(|| authority_start(text, at))
}

/// After a colon: a list of paths, a remote path, `file:`; not a drive, nor an address of the web.
fn after_colon(before: &[u8], separators: &[u8]) -> Option<usize> {
    let word = word_before(before, before.len() - 1, |byte| byte.is_ascii_alphanumeric() || byte == b'+');
    let scheme = &before[word..before.len() - 1];
    let is_letter = matches!(scheme, [letter] if letter.is_ascii_alphabetic());
    if is_letter && begins_name(before, word) && !before[..word].ends_with(b"@") {
        return None;
    }
    if scheme.eq_ignore_ascii_case(b"file") {
        return Some(word);
    }
    let is_address = separators.len() >= 2 && !scheme.is_empty() && separators.len() < 3;
    (!is_address).then_some(before.len())
}

/// `-I/…`, `-L/…`, `-C/…`.
fn is_short_flag(before: &[u8]) -> bool {
    matches!(before, [head @ .., b'-', letter] if letter.is_ascii_alphabetic() && head.last().is_none_or(|&byte| !is_name(byte)))
}

/// Other names of the root directory: `/proc/self/root`, `\\wsl$\Debian`.
fn aliased_root(text: &[u8], at: usize) -> Option<usize> {
    let name = word_before(text, at, is_name);
    let joint = separators_before(text, name)?;
    let above = word_before(text, joint, |byte| is_name(byte) || byte == b'$');
    let above_name = &text[above..joint];
    if [&b"wsl$"[..], b"wsl.localhost"].iter().any(|host| host.eq_ignore_ascii_case(above_name)) {
        return separators_before(text, above);
    }
    let is_process = above_name == b"self" || above_name.iter().all(u8::is_ascii_digit) && !above_name.is_empty();
    if &text[name..at] != b"root" || !is_process {
        return None;
    }
    let joint = separators_before(text, above)?;
    let proc = word_before(text, joint, is_name);
    if &text[proc..joint] == b"proc" { separators_before(text, proc) } else { None }
}

/// `file://localhost/…`, `ssh://user@host:22/…`: an address of a file, by what stands before its path. The web has other paths.
fn authority_start(text: &[u8], at: usize) -> Option<usize> {
    let authority = word_before(text, at, |byte| is_name(byte) || b":@+%$[]".contains(&byte));
    let joint = separators_before(text, authority)?;
    if authority - joint < 2 || text[..joint].last() != Some(&b':') {
        return None;
    }
    let scheme = word_before(text, joint - 1, |byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte));
    let name = &text[scheme..joint - 1];
    let is_web =
        [&b"http"[..], b"https", b"ws", b"wss", b"ftp", b"s3", b"gs"].iter().any(|web| web.eq_ignore_ascii_case(name));
    (!is_web && !name.is_empty()).then_some(scheme)
}

/// Where the run of bytes begins that ends at `end`, within reason.
pub(super) fn word_before(text: &[u8], end: usize, is_member: impl Fn(u8) -> bool) -> usize {
    end - text[end.saturating_sub(LONGEST_HEAD)..end].iter().rev().take_while(|&&byte| is_member(byte)).count()
}

/// Ways to write the home directory.
const HOMES: [&[u8]; 10] = [
    b"~",
    b"$HOME",
    b"${HOME}",
    b"%USERPROFILE%",
    b"%HOME%",
    b"$env:HOME",
    b"$env:USERPROFILE",
    b"${env:HOME}",
    b"$HOME$",
    b"$(HOME)",
];

/// Where the home directory begins that is written before the separators at `at`, also as that of the user by name.
pub(super) fn home_start(text: &[u8], at: usize, user: &[u8]) -> Option<usize> {
    let before = &text[..at];
    let of_user = [b"~", user].concat();
    let forms = HOMES.into_iter().chain((!user.is_empty()).then_some(of_user.as_slice()));
    let fits =
        |form: &[u8]| before.len() >= form.len() && form.eq_ignore_ascii_case(&before[before.len() - form.len()..]);
    let start = forms.filter(|form| fits(form)).map(|form| at - form.len()).min()?;
    let free = begins_name(text, start) && start.checked_sub(1).is_none_or(|last| !b"/\\~".contains(&text[last]))
        || boundary::ends_in_escape(&text[..start]);
    free.then_some(start)
}

/// Where a path on a drive begins whose parts below the drive begin behind the separators at `at`: `C:\…`, `/mnt/c/…`, `/c/…`.
pub(super) fn drive_start(text: &[u8], at: usize, letter: u8) -> Option<usize> {
    let before = &text[..at];
    let colon = [&b":"[..], b"%3a", b"%3A"].into_iter().find(|colon| before.ends_with(colon));
    let end = at - colon.map_or(0, <[u8]>::len);
    let start = end.checked_sub(1).filter(|&last| text[last].eq_ignore_ascii_case(&letter))?;
    let joint = separators_before(text, start);
    if colon.is_some() {
        let scheme = joint.and_then(|joint| text[..joint].ends_with(b"file:").then(|| joint - 5));
        return (joint.is_some() || begins_name(text, start)).then(|| scheme.or(joint).unwrap_or(start));
    }
    let joint = joint?;
    let mount = word_before(text, joint, is_name);
    if [&b"mnt"[..], b"cygdrive"].contains(&&text[mount..joint]) {
        let root = separators_before(text, mount)?;
        return absolute_start(text, root, mount);
    }
    absolute_start(text, joint, start)
}

/// Where an address begins whose path begins behind what stands before `at`: `host/…`, `user@host:…`, `https://user:token@host:443/…`.
pub(super) fn address_start(text: &[u8], first: usize, host: &[u8]) -> Option<usize> {
    let mut at = separators_before(text, first).unwrap_or(first);
    if text[..at].ends_with(b":") {
        at -= 1;
    } else if at == first {
        return None;
    } else {
        let port = word_before(text, at, |byte| byte.is_ascii_digit());
        if port < at && text[..port].ends_with(b":") {
            at = port - 1;
        }
    }
    let mut start = at.checked_sub(host.len()).filter(|&start| text[start..at].eq_ignore_ascii_case(host))?;
    if text[..start].ends_with(b"www.") {
        start -= 4;
    }
    let before = &text[..start];
    if before.ends_with(b"@") {
        let ends = |byte: u8| byte <= b' ' || b"\"'`<>()[]{},;|/\\".contains(&byte);
        start = word_before(text, start - 1, |byte| !ends(byte));
    } else if !begins_name(text, start) || before.ends_with(b".") {
        return None;
    }
    Some(scheme_start(text, start).unwrap_or(start))
}

/// Where `https://` begins, if it stands before `at`.
fn scheme_start(text: &[u8], at: usize) -> Option<usize> {
    let joint = separators_before(text, at).filter(|&joint| at - joint >= 2 && text[..joint].ends_with(b":"))?;
    let scheme = word_before(text, joint - 1, |byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (scheme < joint - 1).then_some(scheme)
}
