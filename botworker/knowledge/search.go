package knowledge

import (
	"slices"
	"strings"

	"github.com/parley-chat/parley/botworker/language"
)

// Threshold is the confidence below which the bot should say that it does not know. It
// was chosen on documentation that is not ours: see eval.
const Threshold = 0.5

// maxRecent is how many words are remembered.
const maxRecent = 4096

// posting lists where one word occurs, by number of passage, ascending.
type posting struct {
	body    []hit
	heading []int32 // in the heading right above the passage
	trail   []int32 // in the headings above that
	title   []int32 // in the page's title
	all     int     // passages that contain it anywhere
}

// hit is an occurrence in the text of a passage. Strength, from 0 to 1, is BM25's value for
// how often it occurs and how long the passage is.
type hit struct {
	doc      int32
	strength float64
}

// Search returns the best passages for the query, best first, at most limit. Any text may
// be searched for; nothing in it is interpreted as query syntax. It finds nothing if no
// word of the query occurs in the pages.
func (ix *Index) Search(query string, limit int) []Passage {
	if limit <= 0 {
		return nil
	}
	terms := ix.terms(query)
	found := ix.best(query, terms, nil, max(limit, rivals))
	if i := slices.IndexFunc(terms, func(t term) bool { return t.degree }); i >= 0 && len(terms) > 1 && (len(found) == 0 || found[0].words == 1) {
		// A page that answers "How long to Iceland?" may say "days" instead.
		if again := ix.best(query, slices.Delete(terms, i, i+1), nil, max(limit, rivals)); len(again) > 0 && (len(found) == 0 || again[0].confidence() >= found[0].confidence()) {
			found = again
		}
	}
	return ix.passages(found, limit)
}

// best returns what was found for the terms of the query, best first, at most limit.
// Lent are terms of the question before.
func (ix *Index) best(query string, terms, lent []term, limit int) []finding {
	asked := ix.resolve(terms)
	own := len(asked)
	for _, t := range lent {
		if slices.ContainsFunc(terms, func(o term) bool { return o.text == t.text }) {
			continue
		}
		for _, a := range ix.resolve([]term{t}) {
			if a.found() {
				a.idf *= lentWeight
				a.same *= lentWeight
				asked = append(asked, a)
			}
		}
	}
	if !slices.ContainsFunc(asked, func(a askedTerm) bool { return a.found() }) {
		return nil
	}
	return ix.findings(asked, own, faint(query), limit)
}

// How far a word is trusted that is not quite the one that was typed.
const (
	trustCompound = 0.85 // a part of a compound, or the other way around
	trustShort    = 0.85 // a compound of which the short form was typed
	trustGuess    = 0.8  // a word with a letter more, less or another
	trustAkin     = 0.7  // a word that begins in the same way
	trustSame     = 0.8  // another word that says the same, in a heading or title
	trustBeside   = 0.65 // and how much less elsewhere
	ownWeight     = 0.6  // how much the rarity of a word itself counts, and not that of what says the same
	lentWeight    = 0.5  // how much a word of the question before weighs
	chatWeight    = 0.6  // how much a word of everyday talk weighs
	trustPart     = 0.6  // a compound of which the pages have only one part
)

// resolve looks up each term. If words written as one do not occur, its parts are tried.
// What is found is remembered: few words make up most questions.
func (ix *Index) resolve(ts []term) []askedTerm {
	out := make([]askedTerm, 0, len(ts)+4)
	for _, t := range ts {
		found := ix.resolved.get(t.text, func() []askedTerm { return ix.find(t) })
		if t.soft && len(found) == 1 && !found[0].found() {
			continue // nowhere to be found
		}
		if t.chat {
			for _, a := range found {
				a.idf *= chatWeight
				a.same *= chatWeight
				out = append(out, a)
			}
			continue
		}
		out = append(out, found...)
	}
	return out
}

// find resolves one term, whether it is soft or not.
func (ix *Index) find(t term) []askedTerm {
	if len(t.parts) == 1 && !t.gram {
		return ix.one(t)
	}
	post := ix.lookup(t)
	switch {
	case t.gram && post.all == 0 && ix.shortened[t.text] != nil:
		return []askedTerm{ix.asked(ix.weighed(*ix.shortened[t.text], nil), trustShort)}
	case post.all > 0 || t.gram || len(t.parts) > 1 && t.digits(): // 4.7.12 is not found where there is a 4
		return []askedTerm{ix.asked(post, 1)}
	}
	var out []askedTerm
	for _, w := range t.parts {
		if !stopWords[w] {
			out = append(out, ix.one(wordTerm(w))...)
		}
	}
	return out
}

func (ix *Index) asked(p posting, trust float64) askedTerm {
	return askedTerm{post: p, idf: idf(len(ix.docs), p.all), trust: trust}
}

// one resolves a word. If it does not occur, compounds with it are tried, other ways to
// type an umlaut, its own parts if it is a compound, the word that was probably meant, and
// words that begin like it.
func (ix *Index) one(t term) []askedTerm {
	found := ix.asWritten(t)
	if len(found) == 1 && !t.gram {
		word := t.text
		if found[0].meant != "" {
			if same := ix.alsoAsked(word, askedTerm{trust: 1}); same.found() {
				return []askedTerm{same} // it isn't mistyped
			}
			word = found[0].meant
		}
		if found[0] = ix.alsoAsked(word, found[0]); !found[0].found() {
			// A word that neither the pages nor the thesaurus know may be mistyped.
			if meant := ix.thesaurus.words.guess(language.Fold(t.text)); meant != "" {
				found[0] = ix.alsoAsked(meant, found[0])
			}
		}
	}
	return found
}

func (ix *Index) asWritten(t term) []askedTerm {
	if p := ix.lookup(t); p.all > 0 {
		return []askedTerm{ix.asked(p, 1)}
	}
	if p := ix.posting(ix.words.inOtherLetters(t.text)); p.all > 0 {
		return []askedTerm{ix.asked(p, 1)}
	}
	first, second := ix.words.parts(t.text)
	if second != "" {
		return []askedTerm{ix.asked(ix.lookup(wordTerm(first)), 1), ix.asked(ix.lookup(wordTerm(second)), 1)}
	}
	if g := ix.typos.guess(language.Fold(t.text)); g != "" {
		if p := ix.lookup(wordTerm(g)); p.all > 0 {
			a := ix.asked(p, trustGuess)
			a.meant = g
			return []askedTerm{a}
		}
	}
	if p := ix.posting(ix.words.akin(t.text), nil); p.all > 0 {
		return []askedTerm{ix.asked(p, trustAkin)}
	}
	if first != "" {
		return []askedTerm{ix.asked(ix.lookup(wordTerm(first)), trustPart)}
	}
	return []askedTerm{ix.asked(posting{}, 1)}
}

// lookup returns where the term occurs.
func (ix *Index) lookup(t term) posting {
	switch {
	case t.gram:
		if c := ix.grams[t.text]; c != nil {
			return ix.weighed(*c, nil)
		}
		return posting{}
	case len(t.parts) > 1:
		return ix.phrase(t.parts)
	}
	return ix.posting(ix.words.of(t.text), ix.words.compounds(t.text))
}

// posting is where any of the forms occurs, and where, with less weight, any compound does.
func (ix *Index) posting(forms, compounds []int32) posting {
	var exact, loose columns
	for _, list := range []struct {
		forms []int32
		to    *columns
	}{{forms, &exact}, {compounds, &loose}} {
		for _, f := range list.forms {
			for c := range allColumns {
				list.to[c] = append(list.to[c], ix.posts[f][c]...)
			}
		}
		for c := range allColumns {
			list.to[c] = merged(list.to[c])
		}
	}
	return ix.weighed(exact, &loose)
}

// merged adds up the occurrences in one passage, ascending.
func merged(list []occurrence) []occurrence {
	slices.SortFunc(list, func(a, b occurrence) int { return int(a.doc - b.doc) })
	out := list[:0]
	for _, o := range list {
		if n := len(out); n > 0 && out[n-1].doc == o.doc {
			out[n-1].times += o.times
		} else {
			out = append(out, o)
		}
	}
	return out
}

// BM25's parameters, as they usually are.
const (
	bm25k = 1.2
	bm25b = 0.75
)

// weighed gives each occurrence in a text BM25's value for how often it occurs and how long
// the passage is. The weight of the word itself, which in BM25 drops to nothing for a
// common one, is not in it: idf weighs it.
func (ix *Index) weighed(exact columns, loose *columns) posting {
	var p posting
	docs := func(column int) []int32 {
		n := len(exact[column])
		if loose != nil {
			n += len(loose[column])
		}
		if n == 0 {
			return nil
		}
		out := make([]int32, 0, n)
		for _, o := range exact[column] {
			out = append(out, o.doc)
		}
		if loose != nil {
			for _, o := range loose[column] {
				out = append(out, o.doc)
			}
			slices.Sort(out)
			out = slices.Compact(out)
		}
		return out
	}
	p.heading, p.trail, p.title = docs(inHeading), docs(inTrail), docs(inTitle)
	times := map[int32]float64{}
	for _, o := range exact[inBody] {
		times[o.doc] += float64(o.times)
	}
	if loose != nil {
		for _, o := range loose[inBody] {
			times[o.doc] += trustCompound * float64(o.times)
		}
	}
	body := docs(inBody)
	if len(body) > 0 {
		p.body = make([]hit, 0, len(body))
	}
	for _, d := range body {
		n := times[d]
		p.body = append(p.body, hit{d, n / (n + bm25k*(1-bm25b+bm25b*ix.lengths[d]/ix.average))})
	}
	p.all = p.count()
	return p
}

// phrase is where forms of the words stand one after the other, or written as one.
func (ix *Index) phrase(parts []string) posting { return ix.weighed(ix.standing(parts), nil) }

func (ix *Index) standing(parts []string) columns {
	classes := make([][]int32, len(parts))
	rarest, fewest := 0, 0
	for i, w := range parts {
		classes[i] = ix.words.of(w)
		n := 0
		for _, f := range classes[i] {
			n += len(ix.posts[f][inBody]) + len(ix.posts[f][inHeading]) + len(ix.posts[f][inTrail]) + len(ix.posts[f][inTitle])
		}
		if i == 0 || n < fewest {
			rarest, fewest = i, n
		}
	}
	var candidates []int32
	for _, f := range classes[rarest] {
		for _, column := range ix.posts[f] {
			for _, o := range column {
				candidates = append(candidates, o.doc)
			}
		}
	}
	var found columns
	for _, d := range distinct(candidates) {
		column := 0
		text := ix.text[d]
		for i, f := range text {
			if f == nextColumn {
				column++
				continue
			}
			if follows(text[i:], classes) {
				found.add(column, int(d))
			}
		}
	}
	for _, f := range ix.words.of(strings.Join(parts, "")) {
		for c := range allColumns {
			found[c] = append(found[c], ix.posts[f][c]...)
		}
	}
	for c := range allColumns {
		found[c] = merged(found[c])
	}
	return found
}

func follows(text []int32, classes [][]int32) bool {
	if len(text) < len(classes) {
		return false
	}
	for i, class := range classes {
		if !slices.Contains(class, text[i]) {
			return false
		}
	}
	return true
}

func (p posting) count() int { return len(p.docs()) }

// docs are the passages that contain it anywhere.
func (p posting) docs() []int32 {
	all := make([]int32, 0, len(p.body)+len(p.heading)+len(p.trail)+len(p.title))
	for _, h := range p.body {
		all = append(all, h.doc)
	}
	all = append(append(append(all, p.heading...), p.trail...), p.title...)
	return distinct(all)
}
