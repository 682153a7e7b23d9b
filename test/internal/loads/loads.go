package loads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// pace is the time between two loads.
	pace = 50 * time.Millisecond
	// limit is how long one load may take before it has failed.
	limit = 30 * time.Second
	// most is how many faults are kept.
	most = 10
)

// Loader loads pages, one after the other, until its context ends. Its methods may be called
// concurrently.
type Loader struct {
	URL   string   // without a slash at its end
	Pages []string // the paths, in turn

	mu       sync.Mutex // guards the fields below
	versions map[string]int
	last     string // the version of the latest load
	slowest  time.Duration
	failed   int
	faults   []string // the first
}

// Run loads pages until the context ends. What fails is kept for Figures.
func (l *Loader) Run(ctx context.Context) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		at := l.Pages[n%len(l.Pages)]
		began := time.Now()
		version, err := l.load(ctx, at)
		if ctx.Err() != nil {
			return // cut off by the end
		}
		l.note(at, version, time.Since(began), err)
	}
}

func (l *Loader) note(at, version string, took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, took)
	if err != nil {
		if l.failed++; len(l.faults) < most {
			l.faults = append(l.faults, fmt.Sprintf("%s: %v", at, err))
		}
		return
	}
	if l.versions == nil {
		l.versions = map[string]int{}
	}
	l.versions[version]++
	l.last = version
}

// Versions returns how many versions were loaded so far.
func (l *Loader) Versions() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.versions)
}

// Latest returns the version of the page that was loaded last; empty before the first.
func (l *Loader) Latest() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Loads returns how many pages were loaded so far, or failed to be.
func (l *Loader) Loads() (total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.versions {
		total += n
	}
	return total + l.failed
}

// Figures sums up what was loaded, or returns what could not be.
func (l *Loader) Figures() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	total := 0
	for _, n := range l.versions {
		total += n
	}
	if l.failed > 0 {
		return "", fmt.Errorf("%d of %d loads of a page failed:\n  %s", l.failed, total+l.failed, strings.Join(l.faults, "\n  "))
	}
	return fmt.Sprintf("%d pages of %d versions were loaded, none failed (the slowest took %v), none was of two versions", total, len(l.versions), l.slowest.Round(time.Millisecond)), nil
}

var (
	versionIn = regexp.MustCompile(`/static/([0-9a-f]{16})/`)
	// namedIn is what a browser asks for before the page can start.
	namedIn = regexp.MustCompile(`<(?:script|link)[^>]* (?:src|href)="(/[^"]+)"`)
)

// load loads a page with all that it names, and returns its version.
func (l *Loader) load(ctx context.Context, at string) (version string, err error) {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	page, err := l.get(ctx, at)
	if err != nil {
		return "", err
	}
	if !strings.HasSuffix(strings.TrimSpace(page), "</html>") {
		return "", errors.New("the page is cut off")
	}
	all := page
	for _, named := range namedIn.FindAllStringSubmatch(page, -1) {
		file, err := l.get(ctx, named[1])
		if err != nil {
			return "", err
		}
		all += named[1] + file
	}
	var versions []string
	for _, m := range versionIn.FindAllStringSubmatch(all, -1) {
		versions = append(versions, m[1])
	}
	slices.Sort(versions)
	switch versions = slices.Compact(versions); len(versions) {
	case 1:
		return versions[0], nil
	case 0:
		return "", errors.New("nothing in the page says its version")
	}
	return "", fmt.Errorf("a page of the versions %s", strings.Join(versions, ", "))
}

func (l *Loader) get(ctx context.Context, path string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.URL+path, nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s is answered with %s: %.200s", path, answer.Status, body)
	}
	return string(body), err
}
