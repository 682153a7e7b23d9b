package language

import (
	"strings"
	"unicode/utf8"

	snowball "github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/hungarian"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/norwegian"
	"github.com/blevesearch/snowballstem/porter"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/russian"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/swedish"
	"github.com/blevesearch/snowballstem/turkish"
)

var stemmers = map[Code]func(*snowball.Env) bool{
	English: porter.Stem, German: german.Stem, French: french.Stem, Spanish: spanish.Stem, Italian: italian.Stem, Portuguese: portuguese.Stem,
	Dutch: dutch.Stem, Swedish: swedish.Stem, Danish: danish.Stem, Norwegian: norwegian.Stem, Finnish: finnish.Stem, Turkish: turkish.Stem,
	Hungarian: hungarian.Stem, Romanian: romanian.Stem, Russian: russian.Stem,
}

// Stems returns what a normalized word may be reduced to in that language, folded; at
// most six, and none if the language has no inflection that is known here. Two words are
// forms of one if they have a stem in common.
func Stems(code Code, word string) []string {
	if n := utf8.RuneCountInString(word); n < 3 && code != Korean || n > 40 {
		return nil
	}
	var out []string
	add := func(stem string) {
		if stem = Fold(stem); stem == "" {
			return
		}
		for _, s := range out {
			if s == stem {
				return
			}
		}
		out = append(out, stem)
	}
	switch code {
	case Arabic, Persian:
		add(lightArabic(Fold(word)))
	case Hebrew:
		for _, s := range lightHebrew(Fold(word)) {
			add(s)
		}
	case Korean:
		stem, _ := lightKorean(word)
		add(stem)
	case Polish, Czech, Ukrainian, Hindi:
		add(shortened(Fold(word), endings[code]))
	default:
		stem := stemmers[code]
		if stem == nil {
			return nil
		}
		// With accents, as written well, and without, as many people type.
		if code != English {
			add(word) // a shorter form may end as if it were inflected: "leverans", "leveransen"
		}
		for _, w := range []string{word, Fold(word)} {
			env := snowball.NewEnv(w)
			stem(env)
			add(env.Current())
		}
	}
	return out
}

// endings are inflections of languages without a stemmer of their own, folded.
var endings = map[Code][]string{
	Polish: strings.Fields(`owanie owania owaniem owac owany owana owane owanych owania ieniami ieniach ieniem ienie ienia eniami eniach eniem enie enia aniami aniach aniem anie ania aniu ieniu eniu
		osciami osciach oscia osci osc ami ach owi owie ow em om ie ego emu ej ych ymi ym imi ich im iej iego iemu ia ie io iu iom iami iach y i a e o u ac ic yc`),
	Czech:     strings.Fields(`ovani ovanim ovat eni enim ani anim ani ostmi ostech osti ost atum atech aty ata ami emi ech ich ych ymi imi eho emu ovi ove um em ou ej ho mu mi ym im am ach at it et y i a e o u`),
	Ukrainian: strings.Fields(`уванням ування уванню енням ення енню анням ання анню ями ями ами ями іями ість ості істю ові еві ого ому ими іми ої ою ею ями ях ах ам ям ів ів их іх ий ій им ім ти та те ти ує ують уе ить ять ать ати яти ити а я о е и і у ю ь є ї и`),
	Hindi:     strings.Fields(`ियों ियां ियाँ ाओं ाएं ाएँ ाने ाना ते ता ती ना ने नी ों ें ीं ां ी ि ा े ो ं ु ू`),
}

// shortened is the word without its longest ending that leaves enough of it.
func shortened(word string, endings []string) string {
	n, cut := utf8.RuneCountInString(word), ""
	for _, e := range endings {
		e = Fold(e)
		least := 3
		if utf8.RuneCountInString(e) == 1 && n <= 3 {
			continue
		}
		if len(e) > len(cut) && strings.HasSuffix(word, e) && n-utf8.RuneCountInString(e) >= least {
			cut = e
		}
	}
	return strings.TrimSuffix(word, cut)
}

// lightArabic strips the article, prepositions that are written together with it, and the
// commonest endings.
func lightArabic(word string) string {
	letters := func(s string) int { return utf8.RuneCountInString(s) }
	for _, p := range []string{"وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل"} {
		least := 2
		if letters(p) == 1 {
			least = 4 // it may be a letter of the word
		}
		if strings.HasPrefix(word, p) && letters(word)-letters(p) >= least {
			word = word[len(p):]
			break
		}
	}
	for range 2 {
		for _, s := range []string{"هايي", "هاي", "كم", "نا", "ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"} {
			if strings.HasSuffix(word, s) && letters(word)-letters(s) >= 3 {
				word = word[:len(word)-len(s)]
				break
			}
		}
	}
	return word
}

// lightHebrew returns the word, and without the letters for "the", "and", "to", "in" … that
// are written together with it: which of them belong to the word can't be told.
func lightHebrew(word string) []string {
	out := []string{word}
	rest := word
	for range 2 {
		r, size := utf8.DecodeRuneInString(rest)
		if !strings.ContainsRune("הובלמשכ", r) || utf8.RuneCountInString(rest) < 4 {
			break
		}
		rest = rest[size:]
		out = append(out, rest)
	}
	for _, w := range out {
		for _, s := range []string{"ימ", "ות", "ה", "ת"} { // folded: no final letters
			if strings.HasSuffix(w, s) && utf8.RuneCountInString(w) >= 5 {
				out = append(out, strings.TrimSuffix(w, s))
				break
			}
		}
	}
	return out
}

var (
	koreanNounVerbs = strings.Fields(`하려면 하시나요 하셨나요 하나요 하는지 합니까 합니다 하세요 하는데 해주세요 해요 했어요 했습니다 하고싶어요 하고 하는 하면 하기 한다 하다 할까요 할수 해야 되나요 됩니까 됩니다 되는지 되었나요 됐나요 되면 된다 되다 되는 인가요 인지 입니까 입니다 이에요 예요 이라면`)
	koreanVerbs     = strings.Fields(`습니까 습니다 나요 까요 가요 세요 어요 아요 는지 려면 으면 ㅂ니다 니다 니까 는데 지요 죠`)
	koreanParticles = strings.Fields(`에서는 에서도 으로는 에게서 까지는 부터는 이라도 에서 에게 께서 으로 까지 부터 보다 처럼 마다 이나 라도 조차 밖에 한테 들은 들이 들을 은 는 이 가 을 를 의 에 로 와 과 도 만 나 께`)
)

// lightKorean strips the particle or the ending that is attached to a word. A verb is what
// its stem is not a noun that stands by itself.
func lightKorean(word string) (stem string, verb bool) {
	for _, list := range []struct {
		endings []string
		verb    bool
		least   int
	}{{koreanNounVerbs, false, 2}, {koreanVerbs, true, 1}, {koreanParticles, false, 2}} {
		for _, e := range list.endings {
			if rest, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(rest) >= list.least {
				return rest, list.verb
			}
		}
	}
	return word, false
}

// Predicate reports whether a Korean word is a verb in the form of a question or a
// statement. It says little about a subject, and pages have it in other forms.
func Predicate(word string) bool {
	_, verb := lightKorean(word)
	return verb
}
