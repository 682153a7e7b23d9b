package knowledge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/language"
)

//go:embed thesaurus.txt
var thesaurusText string

// Thesaurus has words that customers and businesses use for the same things. It never
// changes, and may be used concurrently. The zero value and nil have none.
type Thesaurus struct {
	same    map[string][][]string // by a word's key: what else says the same
	phrases map[string][]phrase   // by the key of their first word, the longest first
	words   words                 // single words, for correcting mistyped ones
}

// phrase is several words that count as others in a question.
type phrase struct {
	words  []string // keys; "" stands for up to maxGap words
	as     []string
	oneWay bool
	hints  []string // those of as that count only where the pages have them
}

// digits make several words of one: "2fa" is "2 fa".
const digits = "0123456789"

// maxGap is how many words ".." stands for, at most.
const maxGap = 3

// standard is the thesaurus in the tree.
var standard = func() *Thesaurus {
	t, err := ParseThesaurus(thesaurusText)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return t
}()

// Synonyms are the words in the tree and one's own, as ParseThesaurus reads them.
func Synonyms(own string) (*Thesaurus, error) {
	if strings.TrimSpace(own) == "" {
		return standard, nil
	}
	return ParseThesaurus(thesaurusText + "\n" + own)
}

// ParseThesaurus reads groups of words as thesaurus.txt has them, one a line or, in a
// setting, one before each semicolon. An error is a sentence that names the group.
func ParseThesaurus(text string) (*Thesaurus, error) {
	t := &Thesaurus{same: map[string][][]string{}, phrases: map[string][]phrase{}, words: newWords()}
	if err := t.parse(text); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Thesaurus) parse(text string) error {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ';' }) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		left, right, oneWay := strings.Cut(line, ">")
		from, to := members(left), members(right)
		if !oneWay {
			to = from
		}
		if len(from) == 0 || len(to) == 0 || !oneWay && len(from) < 2 {
			return fmt.Errorf("%q: expected words that mean the same, as in \"jumper, sweater\", or \"anorak > jacket\"", line)
		}
		for _, m := range from {
			if err := t.add(m, to, oneWay); err != nil {
				return fmt.Errorf("%q: %w", line, err)
			}
		}
	}
	for _, list := range t.phrases {
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.words) - len(a.words) })
	}
	return nil
}

// add has a member of a group find the others.
func (t *Thesaurus) add(member string, to []string, oneWay bool) error {
	fields := strings.FieldsFunc(member, func(r rune) bool { return r == ' ' || r == '-' })
	if len(fields) == 1 && !strings.ContainsAny(member, digits) {
		k := key(fields[0])
		t.words.add(language.Fold(fields[0]), 1)
		var others []string
		for _, w := range to {
			if w = strings.TrimSuffix(w, "?"); w != member && !strings.Contains(w, "..") {
				others = append(others, w)
			}
		}
		t.same[k] = append(t.same[k], others)
		return nil
	}
	as := to
	if !oneWay {
		as = to[:1]
	}
	p := phrase{oneWay: oneWay}
	for _, w := range as {
		w, hint := strings.CutSuffix(w, "?")
		if p.as = append(p.as, w); hint {
			p.hints = append(p.hints, w)
		}
	}
	for _, f := range fields {
		if f == ".." {
			p.words = append(p.words, "")
		} else {
			p.words = append(p.words, key(f))
		}
	}
	if p.words[0] == "" || p.words[len(p.words)-1] == "" {
		return fmt.Errorf("%q: expected a word at each end", member)
	}
	if !oneWay && strings.ContainsAny(as[0], " -") {
		return fmt.Errorf("expected a single word first: %q is what the others count as", as[0])
	}
	t.phrases[p.words[0]] = append(t.phrases[p.words[0]], p)
	return nil
}

func members(list string) []string {
	var out []string
	for m := range strings.SplitSeq(list, ",") {
		if m = strings.Join(strings.Fields(language.Normalize(strings.ReplaceAll(m, "'", ""))), " "); m != "" {
			out = append(out, m)
		}
	}
	return out
}

// key is what a word and its forms have in common. The English endings that it leaves out
// do no harm in other languages: only keys are compared.
func key(word string) string {
	word = language.Fold(word)
	if stems := language.Stems(language.English, word); len(stems) > 0 {
		return stems[0]
	}
	return word
}

// asked is a word of a question, with its place in the text.
type askedWord struct {
	from, to int
	key      string
}

// unified replaces the phrases in a normalized question by the words that they count as. It
// also returns those words that hint at the subject only: they have a "?".
func (t *Thesaurus) unified(text string, keyOf func(string) string) (unified string, hints []string) {
	words := askedIn(text, keyOf)
	var b strings.Builder
	done := 0
	for i := 0; i < len(words); i++ {
		for _, p := range t.phrases[words[i].key] {
			ends, gap := p.at(words[i:])
			if ends == 0 {
				continue
			}
			b.WriteString(text[done:words[i].from])
			b.WriteString(strings.Join(p.as, " "))
			hints = append(hints, p.hints...)
			for _, w := range words[i+gap.from : i+gap.to] {
				b.WriteString(" " + text[w.from:w.to])
			}
			i += ends - 1
			done = words[i].to
			break
		}
	}
	if done == 0 {
		return text, nil
	}
	b.WriteString(text[done:])
	return b.String(), hints
}

// counted are the words that the phrases of a normalized text of the pages count as.
func (t *Thesaurus) counted(text string, keyOf func(string) string) []string {
	var out []string
	for text != "" {
		part := text[:offset(text, 4*maxPhrased)]
		text = text[len(part):]
		words := askedIn(part, keyOf)
		for i := 0; i < len(words); i++ {
			for _, p := range t.phrases[words[i].key] {
				if ends, _ := p.at(words[i:]); ends > 0 && !p.oneWay {
					out = append(out, p.as[0])
					break
				}
			}
		}
	}
	return out
}

// askedIn are the words of a normalized text.
func askedIn(text string, keyOf func(string) string) []askedWord {
	words := make([]askedWord, 0, 16)
	from := -1
	add := func(to int) {
		if word := strings.ReplaceAll(text[from:to], "'", ""); word != "" && len(words) < maxPhrased {
			words = append(words, askedWord{from, to, keyOf(word)})
		}
		from = -1
	}
	for i, r := range text {
		switch in := wordRune(r) || r == '\''; {
		case in && from < 0:
			from = i
		case !in && from >= 0:
			add(i)
		}
	}
	if from >= 0 {
		add(len(text))
	}
	return words
}

// maxPhrased is how many words of a question are searched for phrases.
const maxPhrased = 200

type stretch struct{ from, to int }

// at returns how many of the words are the phrase, or 0, and what stands in its gap.
func (p *phrase) at(words []askedWord) (n int, gap stretch) {
	for i := 0; i < len(p.words); i++ {
		if p.words[i] == "" {
			next := slices.IndexFunc(words[n:min(len(words), n+maxGap+1)], func(w askedWord) bool { return w.key == p.words[i+1] })
			if next < 0 {
				return 0, stretch{}
			}
			gap = stretch{n, n + next}
			n += next
			continue
		}
		if n == len(words) || words[n].key != p.words[i] {
			return 0, stretch{}
		}
		n++
	}
	return n, gap
}
