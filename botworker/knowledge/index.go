package knowledge

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/parley-chat/parley/botworker/language"
)

// Passage is a piece of a page that may answer a question.
type Passage struct {
	Page    string // the page's title
	Path    string // the page's file
	Heading string // the headings above the passage, below the title
	Text    string // Markdown
	Part    int    // which passage below these headings, from 0
	Link    string // where the site shows the page, see Address
	Team    string // what the page calls the team whose matter it is; empty: it names none
	// Confidence, from 0 to 1, is how much of the query the passage covers.
	Confidence float64
	// Sureness is how far the first passage that a search found may be trusted to answer;
	// others have none.
	Sureness Sureness
}

// Index searches the pages that Load read. It never changes after that, and all its
// methods may be called concurrently.
type Index struct {
	docs       []doc
	words      *vocabulary
	typos      words
	thesaurus  *Thesaurus
	posts      []columns           // by form
	grams      map[string]*columns // of scripts without spaces
	shortened  map[string]*columns // short forms of their compounds
	text       [][]int32           // by passage: the forms of its columns, one after the other
	lengths    []float64           // by passage: how many tokens it has
	average    float64
	headWeight []float64  // by section: the weight of the words of its own heading
	headFaint  []faintSet // by section: the faint words of its own heading
	language   language.Code
	titles     []string  // of the pages
	warnings   []string  // all
	changes    time.Time // when a page first appears or vanishes by its date; zero if none does

	resolved   recently[[]askedTerm] // how recent terms were resolved
	keys       recently[string]      // the keys of recent words
	known      recently[bool]        // whether the pages have a form of a recent word
	gatherings sync.Pool             // of *gathering: what one search adds up in
}

// doc is a passage with the numbers of its page and section.
type doc struct {
	Passage
	page, section int
	own           string // the nearest heading
}

// maxSection is how many passages count as one section. A longer one, such as a list of
// all options, would contain nearly every word, which says nothing.
const maxSection = 6

// The columns of a passage.
const (
	inBody = iota
	inHeading
	inTrail
	inTitle
	allColumns
)

// columns has the passages with a word, by where they have it, ascending.
type columns [allColumns][]occurrence

// occurrence says how often a word is in one column of a passage.
type occurrence struct{ doc, times int32 }

func (c *columns) add(column, doc int) {
	list := c[column]
	if n := len(list); n > 0 && list[n-1].doc == int32(doc) {
		list[n-1].times++
		return
	}
	c[column] = append(list, occurrence{int32(doc), 1})
}

func build(ctx context.Context, pages []page, synonyms *Thesaurus) (*Index, error) {
	ix := &Index{words: newVocabulary(), grams: map[string]*columns{}, shortened: map[string]*columns{}, typos: newWords(), thesaurus: synonyms}
	if synonyms == nil {
		ix.thesaurus = standard
	}
	section, run := 0, 0
	var spoken language.Count
	present := map[language.Code]float64{}
	for n, p := range pages {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("build the knowledge index: %w", err)
		}
		var own language.Count
		if len(p.passages) > 0 {
			ix.titles = append(ix.titles, p.title)
		}
		below := map[string]int{}
		for i, ps := range p.passages {
			if run++; i == 0 || ps.section != p.passages[i-1].section || run >= maxSection {
				section, run = section+1, 0
			}
			// The title is the heading of what is before the first heading.
			trail, head := "", unnumbered(p.title)
			if n := len(ps.headings); n > 0 {
				for _, h := range ps.headings[:n-1] {
					trail += unnumbered(h) + " "
				}
				head = unnumbered(ps.headings[n-1])
			}
			body := plain(ps.text)
			own.Add(body + "\n" + head)
			heading := strings.Join(ps.headings, " › ")
			ix.docs = append(ix.docs, doc{page: n, section: section - 1, own: head, Passage: Passage{
				Page: p.title, Path: p.path, Heading: heading, Text: ps.text, Part: below[heading], Link: p.link, Team: p.team,
			}})
			below[heading]++
			ix.fill(len(ix.docs)-1, [allColumns]string{inBody: body, inHeading: head, inTrail: trail, inTitle: unnumbered(p.title)})
		}
		for _, code := range own.Present() {
			present[code]++
		}
		spoken.Merge(own)
	}
	for _, l := range ix.lengths {
		ix.average += l / float64(len(ix.lengths))
	}
	ix.language = spoken.Best()
	ix.words.finish(languagesOf(present, spoken, len(pages)))
	for n, word := range ix.words.forms {
		folded, times := language.Fold(word), ix.times(int32(n))
		ix.typos.add(folded, times)
		if one, many := strings.CutSuffix(folded, "s"); many && len(one) >= longWord-1 && ix.words.known(one) {
			ix.typos.add(one, times)
		}
	}
	ix.weighHeadings()
	return ix, nil
}

// languagesOf are the languages of the pages: English, and those that some of the pages
// are in.
func languagesOf(pages map[language.Code]float64, spoken language.Count, all int) []language.Code {
	out := []language.Code{language.English}
	for _, code := range spoken.Present() {
		pages[code] = max(pages[code], float64(all))
	}
	for code, n := range pages {
		if code != language.English && n >= max(1, 0.02*float64(all)) {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return out
}

// fill counts the words of one passage.
func (ix *Index) fill(doc int, texts [allColumns]string) {
	var forms []int32
	length := 0
	post := func(word string, column int) int32 {
		n := ix.words.add(word)
		if int(n) == len(ix.posts) {
			ix.posts = append(ix.posts, columns{})
		}
		ix.posts[n].add(column, doc)
		return n
	}
	gram := func(in map[string]*columns, g string, column int) {
		c := in[g]
		if c == nil {
			c = &columns{}
			in[g] = c
		}
		c.add(column, doc)
	}
	for column, text := range texts {
		var last token
		tokenize(alike(language.Normalize(text)), func(t token) {
			if t.run {
				letters := foldRun(t.text)
				length += len(letters)
				for _, g := range grams(letters) {
					gram(ix.grams, g, column)
				}
				for _, r := range letters {
					if unicode.Is(unicode.Han, r) {
						gram(ix.grams, string(r), column)
					}
				}
				shortForms(letters, func(short string) { gram(ix.shortened, short, column) })
				forms = append(forms, unspaced)
				last = token{}
				return
			}
			length++
			forms = append(forms, post(t.text, column))
			if joined := last.text + t.text; t.glued == '-' && !t.number && !last.number && last.text != "" && len(joined) <= maxJoined {
				post(joined, column) // "wi-fi" is found as "wifi"
			}
			last = t
		})
		for _, word := range ix.thesaurus.counted(alike(language.Normalize(text)), ix.keyOf) {
			post(word, column)
		}
		forms = append(forms, nextColumn)
	}
	ix.text = append(ix.text, forms)
	ix.lengths = append(ix.lengths, float64(length))
}

// maxJoined is how many bytes two words with a hyphen may have that are found as one, too.
const maxJoined = 40

// What stands in a passage's text in place of a form.
const (
	nextColumn = -1
	unspaced   = -2 // letters of a script without spaces
)

func (ix *Index) times(form int32) int {
	n := 0
	for _, column := range ix.posts[form] {
		for _, o := range column {
			n += int(o.times)
		}
	}
	return n
}

// has reports whether the pages have a form of the normalized word.
func (ix *Index) has(word string) bool {
	return ix.known.get(word, func() bool { return ix.words.known(word) })
}

// keyOf is key, with those of recent words remembered.
func (ix *Index) keyOf(word string) string {
	return ix.keys.get(word, func() string { return key(word) })
}

// Warnings names the files that could not be used, in one sentence each, and at most as
// many as a log can bear.
func (ix *Index) Warnings() []string { return bounded(ix.warnings) }

// Current returns the index itself: it is what a Folder that never changes would return.
func (ix *Index) Current() *Index { return ix }

// Language is the language that most of the pages are in, or "" if that is unclear.
func (ix *Index) Language() language.Code { return ix.language }

// Pages is the number of pages in the index.
func (ix *Index) Pages() int {
	if len(ix.docs) == 0 {
		return 0
	}
	return ix.docs[len(ix.docs)-1].page + 1
}

// Passages is the number of passages in the index.
func (ix *Index) Passages() int { return len(ix.docs) }

// Titles returns the titles of the pages, in the order of their files. The caller does not
// change them.
func (ix *Index) Titles() []string { return ix.titles }

// weighHeadings sums up, for each section, the weights of the words of its heading.
func (ix *Index) weighHeadings() {
	if len(ix.docs) == 0 {
		return
	}
	sections := ix.docs[len(ix.docs)-1].section + 1
	holding := map[string]int{} // by term: how many passages have it
	ix.headWeight, ix.headFaint = make([]float64, sections), make([]faintSet, sections)
	for i, d := range ix.docs {
		if i > 0 && d.section == ix.docs[i-1].section {
			continue
		}
		ix.headFaint[d.section] = faint(d.own)
		for _, t := range ix.terms(d.own) {
			n, ok := holding[t.text]
			if !ok {
				n = ix.lookup(t).all
				holding[t.text] = n
			}
			ix.headWeight[d.section] += idf(len(ix.docs), n)
		}
	}
}
