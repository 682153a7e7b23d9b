package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/parley-chat/parley/pkg/chat"
)

// Parse reads what a person typed. It can't fail: what is no operator, or has a value that means
// nothing, is text. Days are those of the time zone at the time now.
//
//	refund "two words" deliver*  words, a phrase, the beginning of a word
//	tag:billing agent:grace team:sales status:waiting from:visitor rating:<3
//	before:2026-03-01 after:2026-02 (that day or later) after:yesterday before:7d
func Parse(text string, now time.Time, zone *time.Location) Query {
	var q Query
	p := parser{query: &q, now: now.In(zone)}
	rest := cut(text, MaxQuestion)
	for {
		rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
		if rest == "" {
			return q
		}
		rest = p.part(rest)
	}
}

type parser struct {
	query *Query
	now   time.Time
}

// part reads one part and returns what follows it.
func (p *parser) part(rest string) string {
	if quoted, after, ok := quote(rest); ok {
		p.term(quoted, strings.HasPrefix(after, "*"))
		return strings.TrimPrefix(after, "*")
	}
	word, after := untilSpace(rest)
	name, value, is := strings.Cut(word, ":")
	if is {
		if quoted, behind, ok := quote(rest[len(name)+1:]); ok {
			value, after, word = quoted, behind, name+" "+quoted
		}
		if value != "" && p.operator(strings.ToLower(name), value) {
			return after
		}
	}
	p.term(word, strings.HasSuffix(word, "*"))
	return after
}

// quote returns what is between the quotes that the text begins with. One that is not closed ends
// with the text.
func quote(text string) (quoted, after string, ok bool) {
	for _, pair := range [][2]string{{`"`, `"`}, {"“", "”"}, {"„", "“"}, {"«", "»"}} {
		if rest, begins := strings.CutPrefix(text, pair[0]); begins {
			quoted, after, _ = strings.Cut(rest, pair[1])
			return quoted, after, true
		}
	}
	return "", "", false
}

func untilSpace(text string) (word, after string) {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// term adds a word or a phrase. The beginning of a word has two characters at least, or it would
// be that of nearly every word; one character of a script without spaces is half of a pair.
func (p *parser) term(text string, prefix bool) {
	words := Words(text)
	if len(words) == 0 || len(p.query.Terms) >= maxTerms {
		return
	}
	var t Term
	for _, w := range words {
		t.Words = append(t.Words, w.Text)
	}
	last := []rune(t.Words[len(words)-1])
	alone := unicode.In(last[0], spaceless...)
	if alone && len(last) == 1 && len(words) > 1 && words[len(words)-2].End == words[len(words)-1].End {
		t.Words, prefix = t.Words[:len(words)-1], false // the pair before it ends with it
	} else {
		prefix = prefix && len(last) > 1 || alone && len(last) == 1
	}
	t.Prefix = prefix
	p.query.Terms = append(p.query.Terms, t)
}

// operator reports whether the value means something to an operator of that name.
func (p *parser) operator(name, value string) bool {
	q := p.query
	switch name {
	case "tag":
		return add(&q.Tags, Fold(value))
	case "agent":
		return add(&q.Agents, Fold(value))
	case "team":
		return add(&q.Teams, Fold(value))
	case "from":
		return add(&q.From, Fold(value))
	case "status":
		s := chat.Status(strings.ToLower(value))
		if !slices.Contains([]chat.Status{chat.WithBot, chat.Waiting, chat.Live, chat.Closed}, s) {
			return false
		}
		if !slices.Contains(q.Status, s) {
			q.Status = append(q.Status, s)
		}
		return true
	case "rating":
		r, ok := rating(value)
		if ok {
			q.Rating = r
		}
		return ok
	case "before", "after":
		day, ok := p.day(strings.ToLower(value))
		switch {
		case !ok:
		case name == "before":
			q.Before = day
		default:
			q.After = day
		}
		return ok
	}
	return false
}

func add(list *[]string, value string) bool {
	if value == "" {
		return false
	}
	if len(*list) < maxValues && !slices.Contains(*list, value) {
		*list = append(*list, value)
	}
	return true
}

// Fold returns a name as it is compared.
func Fold(name string) string { return Joined(Words(name)) }

const bestRating = 5

// rating reads 3, <3, <=3, >3, >=3 and 2-4.
func rating(value string) (Rating, bool) {
	if low, high, ok := strings.Cut(value, "-"); ok {
		a, b := score(low), score(high)
		return Rating{a, b}, a > 0 && b >= a
	}
	for _, op := range []string{"<=", ">=", "<", ">", "="} {
		if rest, ok := strings.CutPrefix(value, op); ok {
			n := score(rest)
			r := map[string]Rating{"<=": {1, n}, ">=": {n, bestRating}, "<": {1, n - 1}, ">": {n + 1, bestRating}, "=": {n, n}}[op]
			return r, n > 0
		}
	}
	n := score(value)
	return Rating{n, n}, n > 0
}

func score(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > bestRating {
		return 0
	}
	return n
}

// day returns when a day, a month or a year begins, by the calendar: a day may have 23 or 25 hours.
func (p *parser) day(value string) (time.Time, bool) {
	y, m, d := p.now.Date()
	switch value {
	case "today":
		return p.date(y, m, d), true
	case "yesterday":
		return p.date(y, m, d-1), true
	}
	if days, ok := strings.CutSuffix(value, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 36500 {
			return p.date(y, m, d-n), true
		}
	}
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006-01", "2006"} {
		if t, err := time.Parse(layout, value); err == nil && t.Year() >= 1 {
			return p.date(t.Date()), true
		}
	}
	return time.Time{}, false
}

func (p *parser) date(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, p.now.Location())
}

// cut returns the first characters of a text.
func cut(text string, characters int) string {
	n := 0
	for i := range text {
		if n++; n > characters {
			return text[:i]
		}
	}
	return text
}
