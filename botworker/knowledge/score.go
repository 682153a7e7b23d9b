package knowledge

import (
	"math"
	"math/bits"
	"slices"
)

// askedTerm is a word of the query with its postings and weight.
type askedTerm struct {
	post  posting
	idf   float64
	trust float64 // less than 1 for a word that was guessed

	also    posting // where the pages have another word that says the same
	same    float64
	holding int    // how many passages have either
	meant   string // the word of the pages that was probably meant
}

func (a *askedTerm) found() bool { return a.post.all > 0 || a.also.all > 0 }

// The parts of the score, tuned on two sets of documentation; the ranking hardly depends
// on the exact values. Here, beside and page weigh the words by where they occur: in the
// passage or a heading above it, elsewhere in its section, elsewhere on its page.
const (
	scoreHere    = 1.75
	scoreBeside  = 1.5
	scorePage    = 0.5
	scorePassage = 1.0 // how strongly the words occur in the passage
	scoreSection = 2.0 // how strongly they occur in its section
	scoreTitle   = 0.5
	scoreHeading = 2.2 // how well the section's heading fits the question
	headingAlone = 0.6 // how much of that counts where the passage has nothing else of it
)

// The parts of the confidence. A passage with only one of several words may be about
// anything, so everything in its favor counts for less.
const (
	sureBeside  = 0.6
	surePage    = 0.2
	sureHeading = 0.7
	loneHeading = 0.5
	loneAround  = 0.3
	loneHere    = 0.8
)

// idf weighs a word by how few passages contain it. A word that occurs nowhere weighs
// most: the pages do not know the subject of the query.
func idf(passages, holding int) float64 {
	n, df := float64(passages), float64(holding)
	return math.Log(1 + (n-df+0.5)/(df+0.5))
}

// finding is how much of the query was found in one passage, in shares of the query's
// weight.
type finding struct {
	doc                int
	words              int // how many of the query's words are in it
	asked              int // how many words the query has
	own                int // how many of them are not lent
	here, beside, page float64
	strength, section  float64
	title, heading     float64
	echo               float64 // as heading, with the faint words
	unknown            bool    // the pages have nothing for some word of the query's own
	rarity             float64 // of the rarest word in it: 1 for one that no other passage has
}

func (f finding) score() float64 {
	return scoreHere*f.here + scoreBeside*f.beside + scorePage*f.page + scorePassage*f.strength +
		scoreSection*f.section + scoreTitle*f.title + scoreHeading*f.echo*(headingAlone+(1-headingAlone)*f.here)
}

// confidence, from 0 to 1, is how much of the query the passage covers.
func (f finding) confidence() float64 {
	if f.asked == 1 {
		// The passage contains the whole query, as any passage does that has the word
		// somewhere. It is about it if a heading or the title says so, or if hardly any
		// other passage has the word.
		return max(0, min(1, max(f.heading, f.title, f.here*(2*f.rarity-1))))
	}
	here, around, head := f.here, sureBeside*f.beside+surePage*f.page, sureHeading*f.heading
	if f.words == 1 && f.asked > 1 {
		here, around, head = here*loneHere, around*loneAround, head*loneHeading
	}
	return max(0, min(1, here+around+head))
}

// findings returns what was found, best first, at most limit, without passages that have
// none of the words.
func (ix *Index) findings(asked []askedTerm, own int, faint faintSet, limit int) []finding {
	total := 0.0
	for _, a := range asked {
		total += a.idf
	}
	if total == 0 || len(ix.docs) == 0 {
		return nil
	}
	g, _ := ix.gatherings.Get().(*gathering)
	if g == nil {
		g = newGathering(ix)
	}
	rarest := idf(len(ix.docs), 1)
	unknown := slices.ContainsFunc(asked, func(a askedTerm) bool { return !a.found() }) // lent ones are all found
	g.own = own
	for i, a := range asked {
		g.add(i+1, a.post, a.idf*a.trust/total, 1, idf(len(ix.docs), a.post.all)/rarest)
		if a.also.all > 0 {
			g.add(i+1, a.also, a.same*trustSame/total, trustBeside, 0)
		}
	}
	var best top
	for _, d := range g.touched {
		if g.found[d].own == 0 {
			continue // it has only words of the question before
		}
		f, s := g.found[d], &g.sections[ix.docs[d].section]
		f.doc, f.asked, f.section = int(d), len(asked), s.strength
		f.unknown = unknown
		f.beside = max(0, s.weight-f.here)
		f.page = max(0, g.pages[ix.docs[d].page].weight-f.here-f.beside)
		if s.heading > 0 {
			// The F-measure: the share of the query that is in the heading, and the share
			// of the heading that is in the query.
			head := max(s.heading, ix.headWeight[ix.docs[d].section]/total)
			f.heading = 2 * s.heading / (1 + head)
		}
		if !s.echoed {
			s.echoed, s.echo = true, ix.echo(ix.docs[d].section, s.heading*total, total, faint)
		}
		f.echo = s.echo
		best.add(f, limit)
	}
	g.reset()
	ix.gatherings.Put(g) // not after a panic: it would be full of what was found
	return best.list
}

// top is the best findings so far, best first.
type top struct {
	list   []finding
	scores []float64
}

// add puts a finding in its place if it is among the best. Of equal ones the earlier passage
// comes first.
func (t *top) add(f finding, limit int) {
	score := f.score()
	i := len(t.list)
	for i > 0 && (score > t.scores[i-1] || score == t.scores[i-1] && f.doc < t.list[i-1].doc) {
		i--
	}
	switch {
	case i == limit:
		return
	case len(t.list) == limit:
		copy(t.list[i+1:], t.list[i:])
		copy(t.scores[i+1:], t.scores[i:])
		t.list[i], t.scores[i] = f, score
	default:
		t.list, t.scores = slices.Insert(t.list, i, f), slices.Insert(t.scores, i, score)
	}
}

// echo is how well the section's heading fits the query. They have words of the weight
// common in common; total is the weight of the query's words.
func (ix *Index) echo(section int, common, total float64, faint faintSet) float64 {
	weight := min(faintWeight, total/2)
	own := ix.headFaint[section]
	have, want := max(common, ix.headWeight[section]), total+weight*float64(bits.OnesCount32(uint32(faint)))
	for range bits.OnesCount32(uint32(own)) {
		have += weight
	}
	for range bits.OnesCount32(uint32(own & faint)) {
		common += weight
	}
	return 2 * common / (have + want)
}

// gathering adds up the findings word by word. It has room for all passages, and is used
// again and again: only what was touched is cleared.
type gathering struct {
	docs            []doc
	own             int // how many words are the query's own, the first ones
	found           []finding
	titled          []int   // by passage: the last word that was counted for its title
	seen            []int   // by passage: the last word that was counted for it
	touched         []int32 // the passages with any of the words
	sections, pages []container
}

func newGathering(ix *Index) *gathering {
	last := ix.docs[len(ix.docs)-1]
	return &gathering{
		docs:     ix.docs,
		found:    make([]finding, len(ix.docs)),
		seen:     make([]int, len(ix.docs)),
		titled:   make([]int, len(ix.docs)),
		sections: make([]container, last.section+1),
		pages:    make([]container, last.page+1),
	}
}

func (g *gathering) reset() {
	for _, d := range g.touched {
		g.found[d], g.seen[d], g.titled[d] = finding{}, 0, 0
		g.sections[g.docs[d].section], g.pages[g.docs[d].page] = container{}, container{}
	}
	g.touched = g.touched[:0]
}

// container is a section or a page. The weights are those of its words.
type container struct {
	weight, heading, strength float64
	word                      int     // the last word that was counted for it
	headed                    int     // the last word that was counted for its heading
	missing                   float64 // how much of that word is missing, for the strength

	echo   float64 // of a section
	echoed bool    // echo is known
}

// add counts the n-th word, of weight w, and how rare it is. Postings ascend, so the
// passages of a section and of a page are adjacent.
func (g *gathering) add(n int, p posting, w, below, rarity float64) {
	for _, d := range p.heading {
		g.count(n, d, w, rarity)
		if s := &g.sections[g.docs[d].section]; s.headed != n {
			s.headed = n
			s.heading += w
		}
	}
	for _, d := range p.title {
		g.count(n, d, w, rarity)
		if g.titled[d] != n {
			g.titled[d] = n
			g.found[d].title += w
		}
	}
	for _, d := range p.trail {
		g.count(n, d, w, rarity)
	}
	for _, h := range p.body {
		g.count(n, h.doc, w*below, rarity)
		g.found[h.doc].strength += w * below * h.strength
		s := &g.sections[g.docs[h.doc].section]
		s.strength += w * below * s.missing * h.strength
		s.missing *= 1 - h.strength
	}
}

func (g *gathering) count(n int, d int32, w, rarity float64) {
	switch g.seen[d] {
	case n:
		return
	case 0:
		g.touched = append(g.touched, d)
	}
	g.seen[d] = n
	g.found[d].here += w
	g.found[d].words++
	if n <= g.own {
		g.found[d].own++
	}
	g.found[d].rarity = max(g.found[d].rarity, rarity)
	for _, p := range []*container{&g.sections[g.docs[d].section], &g.pages[g.docs[d].page]} {
		if p.word != n {
			p.word, p.missing = n, 1
			p.weight += w
		}
	}
}
