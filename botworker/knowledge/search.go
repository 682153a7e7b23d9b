package knowledge

import (
	"fmt"
	"math"
	"slices"
)

// Threshold is the confidence below which the bot should say that it does not know. It
// was chosen on documentation that is not ours: see eval.
const Threshold = 0.5

// maxRecent is how many words' postings are cached.
const maxRecent = 4096

// posting lists where one word occurs, by number of passage, ascending.
type posting struct {
	body    []hit
	heading []int // in the heading right above the passage
	trail   []int // in the headings above that
	title   []int // in the page's title
	all     int   // passages that contain it anywhere
}

// hit is an occurrence in the text of a passage. Strength, from 0 to 1, is BM25's value for
// how often it occurs and how long the passage is.
type hit struct {
	doc      int
	strength float64
}

// Search returns the best passages for the query, best first, at most limit. Any text may
// be searched for; nothing in it is interpreted as query syntax. It finds nothing if no
// word of the query occurs in the pages.
func (ix *Index) Search(query string, limit int) []Passage {
	asked := ix.resolve(terms(query))
	if limit <= 0 || !slices.ContainsFunc(asked, func(a askedTerm) bool { return a.post.all > 0 }) {
		return nil
	}
	var out []Passage
	for _, f := range ix.findings(asked, faint(query)) {
		if len(out) == limit {
			break
		}
		p := ix.docs[f.doc].Passage
		p.Confidence = f.confidence(len(asked))
		out = append(out, p)
	}
	return out
}

// resolve looks up each term. If one does not occur, its parts are tried, then umlauts, and
// then the word that was probably meant.
func (ix *Index) resolve(ts []term) []askedTerm {
	var out []askedTerm
	for _, t := range ts {
		post := ix.lookup(t)
		if post.all > 0 || len(t.parts) == 1 {
			out = append(out, ix.one(t, post))
			continue
		}
		for _, w := range t.parts {
			if part := (term{text: w, parts: []string{w}}); !stopWords[w] {
				out = append(out, ix.one(part, ix.lookup(part)))
			}
		}
	}
	return out
}

func (ix *Index) one(t term, post posting) askedTerm {
	a := askedTerm{term: t, post: post, trust: 1}
	if with := umlauts.Replace(t.text); post.all == 0 && with != t.text {
		a.term = term{text: with, parts: []string{with}}
		a.post = ix.lookup(a.term)
	}
	if a.post.all == 0 {
		if g := ix.words.guess(t.text); g != "" {
			a.term = term{text: g, parts: []string{g}}
			a.post, a.trust = ix.lookup(a.term), 0.8
		}
	}
	a.idf = idf(len(ix.docs), a.post.all)
	return a
}

// lookup asks FTS5 where the term occurs, and caches it: few words make up most questions.
func (ix *Index) lookup(t term) posting {
	ix.mu.Lock()
	p, ok := ix.recent[t.text]
	ix.mu.Unlock()
	if ok {
		return p
	}
	p, err := ix.ask(t.match())
	if err != nil {
		return posting{} // only a closed index fails
	}
	ix.mu.Lock()
	if len(ix.recent) >= maxRecent {
		clear(ix.recent) // full: start over, the common words are back at once
	}
	ix.recent[t.text] = p
	ix.mu.Unlock()
	return p
}

// ask reads a word's posting from FTS5. BM25's own weight of the word, which drops to
// nothing for a common one, is divided out: idf weighs it instead.
func (ix *Index) ask(match string) (posting, error) {
	var p posting
	for _, c := range []struct {
		column string
		list   *[]int
	}{{"heading", &p.heading}, {"trail", &p.trail}, {"title", &p.title}} {
		found, err := ix.rows(c.column, match)
		if err != nil {
			return posting{}, err
		}
		for _, h := range found {
			*c.list = append(*c.list, h.doc)
		}
	}
	var err error
	if p.body, err = ix.rows("body", match); err != nil {
		return posting{}, err
	}
	n, df := float64(len(ix.docs)), float64(len(p.body))
	weight := max(1e-6, math.Log((n-df+0.5)/(df+0.5))) // as FTS5 has it
	for i := range p.body {
		p.body[i].strength = min(1, p.body[i].strength/weight/2.2) // 2.2: BM25's k1 + 1
	}
	p.all = p.count()
	return p, nil
}

func (ix *Index) rows(column, match string) ([]hit, error) {
	rows, err := ix.db.Query(`SELECT rowid, -bm25(passages) FROM passages WHERE passages MATCH ? ORDER BY rowid`,
		"{"+column+"} : "+match)
	if err != nil {
		return nil, fmt.Errorf("look up a word: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []hit
	for rows.Next() {
		var h hit
		if err := rows.Scan(&h.doc, &h.strength); err != nil {
			return nil, fmt.Errorf("look up a word: %w", err)
		}
		h.doc--
		out = append(out, h)
	}
	return out, rows.Err()
}

func (p posting) count() int {
	seen := map[int]bool{}
	for _, h := range p.body {
		seen[h.doc] = true
	}
	for _, list := range [][]int{p.heading, p.trail, p.title} {
		for _, d := range list {
			seen[d] = true
		}
	}
	return len(seen)
}
