package knowledge

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"unicode"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Passage is a piece of a page that may answer a question.
type Passage struct {
	Page    string // the page's title
	Path    string // the page's file
	Heading string // the headings above the passage, below the title
	Text    string // Markdown
	// Confidence, from 0 to 1, is how much of the query the passage covers.
	Confidence float64
}

// Index searches the pages that Load read. It never changes after that, and all its
// methods may be called concurrently.
type Index struct {
	db         *sql.DB
	docs       []doc
	words      words
	headWeight []float64         // by section: the weight of the words of its own heading
	headFaint  []map[string]bool // by section: the faint words of its own heading
	warnings   []string

	mu     sync.Mutex
	recent map[string]posting // guarded by mu: the postings of recent words
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

const schema = `CREATE VIRTUAL TABLE passages USING fts5(title, trail, heading, body,
	content='', tokenize='porter unicode61 remove_diacritics 2')`

func build(ctx context.Context, pages []page) (*Index, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, fmt.Errorf("open the knowledge index: %w", err)
	}
	// Each connection to ":memory:" has its own database, so there is only one.
	db.SetMaxOpenConns(1)
	db.SetConnMaxIdleTime(0)
	db.SetConnMaxLifetime(0)
	ix := &Index{db: db, recent: map[string]posting{}, words: newWords()}
	if err := ix.fill(ctx, pages); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("build the knowledge index: %w", err)
	}
	ix.weighHeadings()
	return ix, nil
}

func (ix *Index) fill(ctx context.Context, pages []page) error {
	if _, err := ix.db.ExecContext(ctx, schema); err != nil {
		return err
	}
	tx, err := ix.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO passages(rowid, title, trail, heading, body) VALUES (?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	section, run := 0, 0
	for n, p := range pages {
		for i, ps := range p.passages {
			if run++; i == 0 || ps.section != p.passages[i-1].section || run >= maxSection {
				section, run = section+1, 0
			}
			// The title is the heading of what is before the first heading.
			trail, own := "", unnumbered(p.title)
			if n := len(ps.headings); n > 0 {
				for _, h := range ps.headings[:n-1] {
					trail += unnumbered(h) + " "
				}
				own = unnumbered(ps.headings[n-1])
			}
			trail, own = alike(trail), alike(own)
			body := alike(plain(ps.text))
			ix.docs = append(ix.docs, doc{page: n, section: section - 1, own: own, Passage: Passage{
				Page: p.title, Path: p.path, Heading: strings.Join(ps.headings, " › "), Text: ps.text,
			}})
			title := alike(unnumbered(p.title))
			if _, err := insert.ExecContext(ctx, len(ix.docs), spread(title), spread(trail), spread(own), spread(body)); err != nil {
				return fmt.Errorf("passage %d of %s: %w", i+1, p.path, err)
			}
			ix.words.add(title, trail, own, body)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return nil
}

// Warnings names the files that could not be used, in one sentence each.
func (ix *Index) Warnings() []string { return ix.warnings }

// Pages is the number of pages in the index.
func (ix *Index) Pages() int {
	if len(ix.docs) == 0 {
		return 0
	}
	return ix.docs[len(ix.docs)-1].page + 1
}

// Titles returns the titles of the pages, in the order of their files.
func (ix *Index) Titles() []string {
	var out []string
	for i, d := range ix.docs {
		if i == 0 || d.page != ix.docs[i-1].page {
			out = append(out, d.Page)
		}
	}
	return out
}

// Close releases the index. A search after it finds nothing.
func (ix *Index) Close() error { return ix.db.Close() }

// unspaced reports whether the letter's script is written without spaces between words, so
// that the tokenizer would take a sentence for one word.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// spread puts spaces around such letters: each becomes a token.
func spread(s string) string {
	if strings.IndexFunc(s, unspaced) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unspaced(r) {
			b.WriteRune(' ')
			b.WriteRune(r)
			b.WriteRune(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// weighHeadings sums up, for each section, the weights of the words of its heading.
func (ix *Index) weighHeadings() {
	if len(ix.docs) == 0 {
		return
	}
	sections := ix.docs[len(ix.docs)-1].section + 1
	ix.headWeight, ix.headFaint = make([]float64, sections), make([]map[string]bool, sections)
	for i, d := range ix.docs {
		if i > 0 && d.section == ix.docs[i-1].section {
			continue
		}
		ix.headFaint[d.section] = faint(d.own)
		for _, t := range terms(d.own) {
			ix.headWeight[d.section] += idf(len(ix.docs), ix.lookup(t).all)
		}
	}
}
