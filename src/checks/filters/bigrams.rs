//! How people and programs write: what each character costs after the one before it, in half bits.
//!
//! Learnt from the distinct words, names and paths (977,095) of `/usr/share/doc`, the sources of the crates this project depends on, and
//! Python's standard library; words that are less than half letters, and lines of more than 200 bytes, are data and were left out.
//! Printed anew by
//! `find DIR… -type f -print0 | xargs -0 cat | cargo test --lib learn_bigrams -- --ignored --nocapture`.

/// Characters are told apart as a-z, A-Z, 0-9, what joins words, and all else, which also stands for both ends.
pub(super) const SYMBOLS: usize = 64;

/// The symbol of what joins words: `_`, `-`, `.`, `/`, blank.
const JOINER: u8 = 62;

/// The symbol of all else.
pub(super) const EDGE: u8 = 63;

/// The symbol of each byte.
pub(super) static SYMBOL: [u8; 256] = {
    let mut symbols = [EDGE; 256];
    let mut byte = 0;
    while byte < 256 {
        symbols[byte] = match byte as u8 {
            lower @ b'a'..=b'z' => lower - b'a',
            upper @ b'A'..=b'Z' => upper - b'A' + 26,
            digit @ b'0'..=b'9' => digit - b'0' + 52,
            b'_' | b'-' | b'.' | b'/' | b' ' => JOINER,
            _ => EDGE,
        };
        byte += 1;
    }
    symbols
};

/// `COST[before][after]`, in half bits above `b'0'`.
#[rustfmt::skip]
pub(super) static COST: [[u8; SYMBOLS]; SYMBOLS] = [
    *b">:89?=:C:E>687F9F685<?>><AFGEGFGGHDIHFGEHFIGDFIGFGII@@@@AAAAAA;;",
    *b"7;:;7<@C9;?7??8?D;8?8BC@:CCEBDDEDECFEDEDECECCDEEEEFG=<<<======89",
    *b"7>;=6=C7;F89>A6;B:<7;ACA=EDFCD@EFGDIEEDDFDHDBDGGGIHG?????????@89",
    *b"8<=85<>B7BC<?@9?=<;?;?CA?GAB@A@BCDBGECBBBAGB@ACDCFHG?>?????>??66",
    *b":>99<;=C@DB8:7@<>668B=>:>FADABBBDEAHECCCCAHB@AEDEIJJBAABBBBBBB67",
    *b"8=<;88@D5FC:=?7@F9;;;EAE>FDDEECEFFDFEEDEEEGDCEFEEFFG>=>=>>>>=>59",
    *b":@>@4A<:8EC;<9;@D88<:BAD@?AC@BABBD@EDBA@CABA@ACCDGDFCABDCDDEFF66",
    *b"6@A@5BBC8DA><@79C:=8;BAD>DBCABABCDBEDBACCACC@AECCFEEDBBDEDBEEE66",
    *b";:8::;9FBD@8:57;D;85B;G=G<HFGGGIFJHHIHGIIGIGGHIIIIHJHDGEHHEIFI<<",
    *b"8><=5???;?;??>7<??5>:@>@@@<??A=@@@?@@@?@?A?@A@@AA@?@?@?@@@@A@A99",
    *b":??=4>>@7AB<?<=>A>9=;A=??B@B?@@AAC?CCAAAB@C@>@BBBCDDDAACCCCDCC56",
    *b"7?@:57?C6EA8BB7?GB::9?DC<EBEABCCEECGGDCDDBGCACEEFGGHA@CEFFEGEH78",
    *b"5;A=5ABD6EC;;>87@A:?:DC=?ECECCCDFFBGFEDDEBGCBCEDEEEGFCBDCDCEEE79",
    *b"8A877;7B9C>>A<9>FB76;=CA@DBEACBCEEBHFBBCDBGC@AEDFHHFFCA?FGFEGG77",
    *b"=<99A=<D=B<884:9H6:98<:@BDEFEEFFHHEHHEFHGFHFCEGHGHIFHGFFHIHIHI9;",
    *b"6B>=6AA<9FA8AA88E7;8:B=E9FCECDCDEFCGFDDDECGDBDEEFHGFDB@DEFEHGG87",
    *b">:9>>>?><AA:<>???99>3=?@@@@@AA@@?AAA@A@@A@@BAAAAA@AA;<?@@???@A88",
    *b"7A;<5?:D7G=>;<7?F:89<=BC;GCEACCDEFBHHDCDDBHCBBEDFIIIECCEFFEGEI77",
    *b"<C;A5@A;8F>=?@:;B?95:B@><GDECDCCGG@JGDDDECICCCGEFIIHFCCCFGEGGI56",
    *b"8C=@5@D96HD>=B8>F8:;=D@@:DAC@BABDE@GFCBCCAGB@AECEHIIE?BCEFDDCF57",
    *b";8;<8;<D9FB786?8F776BBE=EBGFEFFFGGEGGFEFFFGFEFFGGGFFCBBBFHBGAG=<",
    *b"5@=@3@>C6DCA<@<>C@>?BBB<BCCDCCCCCDCEDDCBBADCBCCDDDCD?=>A?B?B?C89",
    *b"7@>=8@@;6C@==97@C77?BB;?BC@B@?;ABA?BC@?AA@AA=AABCDAD@BAACDDDDD68",
    *b":A:?9?@A:DC<<A>7C@=6AAC<=B?@?@?=CCADD@@ABADBABCCCDDD;;;9;;<;;<67",
    *b"=?:?=A=B?DC;:9=6D@88BB>BA@?@>@?@@B?DD@?@@>C?>?AACEDDDAABDDEEDE45",
    *b"8??=3?@?8@?;>>8?@?>?>@@@;:=??A>AAA?AAA>A@A@AA@@@@AA@A@?@@@@@@A97",
    *b"B?;;C@>CBCB;?<B=D:<<<A>ACC>:99>>:C;B?8:9B:?997;>=<>C@>@A@ABBAB9:",
    *b"7B@A;A<?:@A;AB:BB;AA9BBA;A8<;<9=@@9=@8>?;>?;:<:AAB<@>???>?????88",
    *b"9CCC=CB:?CC:?C5AD;BA=DCCBB8=;=8=@9<C:;<@7<A;<8=@BA>D@>>AAAAAAB89",
    *b"9ACC7C@C9CBCCA;CD>@C>CAD@C9<<;7<@@8BB=<>;>?;:<=>@@?C?>?A@@AAAB66",
    *b"BCBAECCECEE>?;EC@<BCB<A:DD:>99:<=C@DB:;8?<>689A<@:>DA>@AAAABAB67",
    *b";CA@>CAB7BB;B@8AC:@B:C@BBB9==<:7?A7@B9>>9>A;:<<?@B?C>??>@@@??@88",
    *b":A=A7BA@>AA<AA>BB8@A<BAAAA;><?6?>;9AA<=;<=A9:=<=AA@BA??@A@BAA>68",
    *b"8@@?9A@@;@@?@A:AAA@==@@A>A7>==7?@?9@??<?8>>:<8<?<A>?AA@@@<@BAA78",
    *b"BB<:CABBCCDB=7??EC=<ED;BCC<<98;::C?CA9:58:A;98B<@=D<DBCCDDCDCE;;",
    *b"8=>?;>>=<>==>>8<>>:>:<=>==;<==9==>;=;>==:==>9=;<<>>>=<=>>>?>>>::",
    *b"<@<@6@@>;@@?>><A@>@@>?=@@@<==<6=<?:@@==;>=?>8=>>>@??????@@@@@@77",
    *b":?CB:CCD7CDBBC9CCCBBABCCBC8>>;6>?B7C?9>A8=B>;:;@AB=ACAABBCCC;C78",
    *b"7BAB9CAC:?CBBB9ACB?B:CAA=@6:=<7??A9B@<<=99@>:<=BBBACCAABACBBBC79",
    *b"9CCD;CCB@CCACD9CDCAC<BDDCB9?:98:8>;C<:@<8?C=87;:BB@CA=>>>?CCDB78",
    *b"B<ACD<CCBCCAB<C:D<AA=?ADCD=<8:@<<B=B>9:6;9C6:89=:@BCDDDCCDDCDD8:",
    *b"7B@C;CC@=CC=CC9CD7A@=AAC<D8@<>8>A<:D<:=?9:A8;9<?AB>CC==>>>ADCD89",
    *b">?>>>?<?>>>??>>???<=7>=>>?:=<;:><<<?=9==>>:=:=6>=>:?<>=?=???>?98",
    *b"<CDC7DDC?DDCCB;BDDCB<DDDCD9@<<6==C8D=<<<7>C8:9==AB;DAABCCCEEDD69",
    *b"=B;C8DD<;DB@B@<<AC?7;CBD=D;@:>7@?;9E>==?;;?>:7;?@A;CBA@>@BBDCD78",
    *b":DCD9ED=;DCCDE;DE;CB@DBD:C8@<>7>B:8CB<=@:;B8;:<@@?:BCABCCDCDCF68",
    *b"AAA?ABAB?BA@?8A;A=:=AB@BA@<;<;9<=A:AA987?8A877?AA?AA>>>>>>ABAB<:",
    *b"6A@@8@AA9@@A@A<<A@?@?AAA?@7=<>5=?=8A>><=;=<=<<??@?@A@?>@>@=@@?8:",
    *b"9A@?:@?;7?@?@@:@A9?@?A??@@9><=:>?<7?@=;9:<?:8=????@@@?@@@>@@@?89",
    *b">????@?@>@????=?@??>?A??@?8=:<:==>:>=<:<=9><:7>??;<??==@?=?@=?66",
    *b">@@@=@?@>@?@?@>@@@?@@@=@?@=>=:==?@=>@<<:>7@=7;??=>>???=?@@@@@@56",
    *b"<>?>:>>><?>>=>:=?>=>>>>>??<>>>6>;>;?@==5;>>>:8>><<><>?=?????>>:9",
    *b":;;;::BBACCCACCBDCBBBCB6CC@?@@=?ADADCCACCBCCCCCCDCCC898::9::::76",
    *b";;:;;;CCBDCBBCCBCBBCCDCCDD@@@?=@CBCDDDABCBCBBC?DCDDC878:9:9:::65",
    *b"::::;:AA@CBAABC@CB?@BBC>CD@@?>=?BCACCB@BCACAABCACCDC88:::9:::;65",
    *b"::::::BBCBCBCBCACAA?BCCBCC???>??BCBBBA@BBAA@ACBBBCBB987:9:::::75",
    *b"::::::@A@CABA=A?C@@AABA=CC????>>@BACBB?BC@BAACBBBABB9:::9:::::75",
    *b"999998BABAAAAABAB@A@ABBBBB>>>>>>ABACBA?BB?BA@ABCBBBB99:::98:::95",
    *b"999999?B>BB@ABBACA@ABBB>CB>>>>>>BCBCBAABBBBBBABBCCCC::::7:::::76",
    *b"999999@A?BBAAAAAAAABABBBBA>>>=>=BBBBBBBBBABBBBBACBBB99:::9999996",
    *b"999999>A>BAB@?AABA@@AAA=BB>>>>=>ACCBBBBBBACBABBBBBBB79::::9:::86",
    *b"999999AA?BAA@A@AAA@@@?@AAA>>>>=>BBBBBBBBBABBABABBBBB9999::99:996",
    *b"9:89::;;9??::;;9@989<<<@CA=?=>>>@A>DC?>>@=C><>@@ADGA>>>?ABBBBB9:",
    *b":;::;<=>;A@;9;<:B;89=>>?BB=><==>?@=BA>=>@<C><>?@@BDD=ABCCCCCDD85",
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::Read as _;

    use super::*;

    /// Prints the table that the text on standard input teaches.
    #[test]
    #[ignore = "reads a corpus from standard input"]
    #[expect(clippy::cast_sign_loss, reason = "it is clamped to 0 and more")]
    fn learn_bigrams() {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).unwrap();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
        let lines = text.split(|&byte| byte == b'\n').filter(|line| line.len() <= 200);
        let words: HashSet<&[u8]> = lines
            .flat_map(|line| line.split(|byte| !is_word(byte)))
            .filter(|word| (3..=28).contains(&word.len()))
            .collect();
        let mut seen = vec![[0.0_f64; SYMBOLS]; SYMBOLS];
        #[expect(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for word in words {
            if word.iter().filter(|byte| byte.is_ascii_alphabetic()).count() * 2 < word.len() {
                continue;
            }
            let mut before = EDGE;
            for after in word.iter().map(|&byte| SYMBOL[usize::from(byte)]).chain([EDGE]) {
                seen[usize::from(before)][usize::from(after)] += 1.0;
                before = after;
            }
        }
        // Where words end, often more than one sign follows.
        let edge = usize::from(EDGE);
        seen[edge][edge] = seen[edge].iter().sum::<f64>() / 4.0;
        let each: Vec<f64> = (0..SYMBOLS).map(|after| seen.iter().map(|row| row[after]).sum()).collect();
        let all: f64 = each.iter().sum();
        for row in &seen {
            let total: f64 = row.iter().sum();
            let costs = row.iter().zip(&each).map(|(count, after)| {
                // A pair never seen backs off to the character alone, and that to any character.
                let alone = (after + all / 640.0) / (all * 1.1);
                let bits = -((count + 200.0 * alone) / (total + 200.0)).log2();
                char::from(b'0' + (bits * 2.0).round().clamp(0.0, 31.0) as u8)
            });
            println!("    *b\"{}\",", costs.collect::<String>());
        }
    }
}
