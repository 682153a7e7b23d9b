package server_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/web/server"
)

// ofVersion are files whose every part says of which version it is.
func ofVersion(version int) fstest.MapFS {
	part := func(text string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, text, version)}
	}
	files := fstest.MapFS{"a.css": part("/* version %d */"), "early.js": part("// version %d"), "main.js": part("// version %d"), "widget.js": part("// version %d")}
	for _, page := range []string{"index.html", "agent.html", "settings.html", "ops.html", "embed.html"} {
		files[page] = part(`<!doctype html><title>version %d</title><script src="/static/early.js"></script><link rel="stylesheet" href="/static/a.css"><script type="module" src="/static/main.js"></script>`)
	}
	return files
}

// balancer is what a proxy knows of the replicas. It is held for reading during a request:
// whoever is taken out of service has answered all that came before, as with preStop.
type balancer struct {
	sync.RWMutex
	replicas []*running
}

func (b *balancer) add(r *running) {
	b.Lock()
	defer b.Unlock()
	b.replicas = append(b.replicas, r)
}

// takeOldest takes the oldest replica out of service.
func (b *balancer) takeOldest() *running {
	b.Lock()
	defer b.Unlock()
	oldest := b.replicas[0]
	b.replicas = slices.Clone(b.replicas[1:])
	return oldest
}

var (
	versionsIn = regexp.MustCompile(`version (\d+)`)
	asksIn     = regexp.MustCompile(`(?:src|href)="(/[^"]+)"`)
)

// load has a browser load a page, each request of it answered by whichever replica: the
// versions of all that it then has.
func (b *balancer) load(tag string) (versions []string, etag string, err error) {
	get := func(path string) (string, *http.Response, error) {
		b.RLock()
		defer b.RUnlock()
		r, err := http.NewRequest(http.MethodGet, b.replicas[rand.IntN(len(b.replicas))].url+path, nil)
		if err != nil {
			return "", nil, err
		}
		if path == "/" {
			r.Header.Set("If-None-Match", tag)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return "", nil, err
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusNotModified {
			err = fmt.Errorf("%s: %s", path, answer.Status)
		}
		return string(body), answer, err
	}
	page, answer, err := get("/")
	if err != nil {
		return nil, "", err
	}
	all := page
	for _, m := range asksIn.FindAllStringSubmatch(page, -1) {
		file, _, err := get(m[1])
		if err != nil {
			return nil, "", err
		}
		all += file
	}
	for _, m := range versionsIn.FindAllStringSubmatch(all, -1) {
		versions = append(versions, m[1])
	}
	return versions, answer.Header.Get("ETag"), nil
}

// While replicas of four versions take each other's place, back and forth, nobody fails to load a page,
// nobody gets one of two versions, and a browser that has a page is not told that it is still
// the same when another version answers.
func TestARolloutFailsNoLoadAndMixesNoVersions(t *testing.T) {
	g := startGateway(t, face("/api/config", "", `{"bot":"Lumi"}`))
	replica := func(version int) *running {
		return start(t, func(o *server.Options) { o.Gateway, o.Files = g.url, ofVersion(version) })
	}
	b := &balancer{}
	for range 3 {
		b.add(replica(1))
	}
	rolling, wg := make(chan struct{}), sync.WaitGroup{}
	var mu sync.Mutex // guards loads
	loads := map[string]int{}
	for range 3 {
		wg.Go(func() {
			tag, has := "", ""
			for {
				select {
				case <-rolling:
					return
				case <-time.After(time.Millisecond):
				}
				versions, etag, err := b.load(tag)
				if err != nil {
					t.Errorf("a page could not be loaded: %v", err)
					return
				}
				if len(versions) == 0 { // 304
					versions = []string{has, has, has, has}
				}
				if len(versions) != 4 || len(slices.Compact(slices.Clone(versions))) != 1 {
					t.Errorf("a page of the versions %q", versions)
					return
				}
				if tag == etag && versions[0] != has {
					t.Errorf("the versions %s and %s have one tag", has, versions[0])
				}
				tag, has = etag, versions[0]
				mu.Lock()
				loads[has]++
				mu.Unlock()
			}
		})
	}
	for _, version := range []int{2, 1, 3, 4} {
		for range 3 {
			b.add(replica(version))
			if err := b.takeOldest().stop(); err != nil {
				t.Error(err)
			}
		}
		bustest.Eventually(t, fmt.Sprintf("pages of version %d are loaded", version), func() bool {
			mu.Lock()
			defer mu.Unlock()
			return t.Failed() || loads[fmt.Sprint(version)] > 20
		})
	}
	close(rolling)
	wg.Wait()
	t.Logf("loads by version: %v", loads)
}
