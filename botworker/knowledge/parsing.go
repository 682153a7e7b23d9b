package knowledge

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// parsing parses pages while others are read, as many at once as there are cores. It
// belongs to one goroutine, which calls wait at the end.
type parsing struct {
	now   time.Time
	cores chan struct{} // holds one token for each page that is being parsed
	all   sync.WaitGroup
	files []*parsed
}

// parsed is what came of one file.
type parsed struct {
	name  string
	fault string // why there is no page, in a sentence
	page  page
}

func startParsing(now time.Time) *parsing {
	return &parsing{now: now, cores: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// skip puts a file that can't be parsed in the files' order.
func (p *parsing) skip(name, fault string) {
	p.files = append(p.files, &parsed{name: name, fault: fault})
}

// parse parses a page. It waits for a core, so that no more texts are in memory than are
// parsed; if the context ends first, the page stays empty.
func (p *parsing) parse(ctx context.Context, name, text string) {
	f := &parsed{name: name}
	p.files = append(p.files, f)
	select {
	case p.cores <- struct{}{}:
	case <-ctx.Done():
		return
	}
	p.all.Go(func() {
		defer func() { <-p.cores }()
		f.page = parsePageAt(name, text, p.now)
	})
}

// wait returns all files in the order in which they were given, once they are parsed.
func (p *parsing) wait() []*parsed {
	p.all.Wait()
	return p.files
}
