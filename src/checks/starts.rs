//! Where values may start behind keywords: found once, however many rules ask.

/// The places of one stretch of a text. It belongs to one text, and is asked from its begin to its end.
#[derive(Debug, Default)]
pub(super) struct Starts {
    /// The stretch that was looked at.
    from: usize,
    to: usize,
    /// Places in order; line ends are among them.
    places: Vec<u32>,
}

impl Starts {
    /// Forgets all, for another text.
    pub(super) fn clear(&mut self) {
        (self.from, self.to) = (0, 0);
        self.places.clear();
    }

    /// Places less than `within` bytes behind `behind`, on the same line or the next.
    pub(super) fn behind(&mut self, text: &[u8], behind: usize, within: usize) -> impl Iterator<Item = usize> {
        if behind < self.from || behind > self.to {
            self.places.clear();
            (self.from, self.to) = (behind, behind);
        }
        let last = text.len().min(behind + within);
        for at in self.to..last {
            if text[at] == b'\n' || may_start(text, at) {
                self.places.push(at as u32);
            }
        }
        self.to = self.to.max(last);
        let first = self.places.partition_point(|&at| (at as usize) < behind);
        let mut lines = 0;
        self.places[first..]
            .iter()
            .map(|&at| at as usize)
            .take_while(move |&at| at < last)
            .filter(move |&at| at > behind || text[at] == b'\n')
            .take_while(move |&at| {
                lines += usize::from(text[at] == b'\n');
                lines < 2
            })
            .filter(|&at| text[at] != b'\n')
    }
}

/// A value begins after something that sets it off, never in the middle of a word or a path.
fn may_start(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| text[at]) else { return false };
    !before.is_ascii_alphanumeric() && !b"/.@-_#+".contains(&before) && !b" \t\r\n\"'=:,".contains(&text[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_in_stretches_is_what_is_looked_at_anew() {
        let text = b"a_token = \"b\", c-token: d\n e\n f=g/h, i_key='j', k_token\n\"l\" \n m";
        let mut kept = Starts::default();
        for behind in [7, 7, 22, 16, 40, 55, 60, 5] {
            for within in [4, 12, 24] {
                let again: Vec<_> = kept.behind(text, behind, within).collect();
                let anew: Vec<_> = Starts::default().behind(text, behind, within).collect();
                assert_eq!(again, anew, "{behind} {within}");
            }
        }
        let values = |behind| Starts::default().behind(text, behind, 99).map(|at| text[at] as char).collect::<String>();
        assert_eq!(values(7), "bcde");
        assert_eq!(values(22), "de");
    }
}
