package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// profiles takes CPU profiles of all processes of a system during one leg.
type profiles struct {
	ctx     context.Context
	sys     *scenario.System
	folder  string
	seconds int
	sockets int
	done    chan struct{} // closed when all were taken

	mu    sync.Mutex // guards what follows
	files []string
	notes []string
}

func newProfiles(ctx context.Context, p plan, sys *scenario.System, sockets int) *profiles {
	return &profiles{ctx: ctx, sys: sys, folder: p.profiles, seconds: max(1, int(p.seconds.Seconds())), sockets: sockets, done: make(chan struct{})}
}

// start takes them, and returns when that is done.
func (p *profiles) start() {
	defer close(p.done)
	var taking sync.WaitGroup
	for _, part := range p.sys.Parts {
		taking.Go(func() {
			file := filepath.Join(p.folder, fmt.Sprintf("%s-%d-%s.pb.gz", strings.ReplaceAll(p.sys.Label, "/", "_"), p.sockets, part.Name))
			err := p.take(part, file)
			p.mu.Lock()
			defer p.mu.Unlock()
			if err != nil {
				p.notes = append(p.notes, fmt.Sprintf("no profile of %s: %v (an older Parley has no PPROF_ADDR)", part.Name, err))
				return
			}
			p.files = append(p.files, file)
		})
	}
	taking.Wait()
}

func (p *profiles) take(part scenario.Part, file string) error {
	req, err := http.NewRequestWithContext(p.ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", part.Pprof, p.seconds), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", resp.Status)
	}
	if err := os.MkdirAll(p.folder, 0o750); err != nil {
		return err
	}
	into, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(into, resp.Body)
	if closing := into.Close(); err == nil {
		err = closing
	}
	return err
}

// print waits for the profiles and writes the first lines of each.
func (p *profiles) print(out io.Writer) {
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, note := range p.notes {
		_, _ = fmt.Fprintln(out, note)
	}
	for _, file := range p.files {
		_, _ = fmt.Fprintf(out, "\n%s\n", file)
		top, err := exec.CommandContext(p.ctx, "go", "tool", "pprof", "-top", "-nodecount=12", file).CombinedOutput()
		if err != nil {
			_, _ = fmt.Fprintf(out, "go tool pprof: %v\n", err)
			continue
		}
		for line := range strings.Lines(string(top)) {
			if !strings.HasPrefix(line, "File:") && !strings.HasPrefix(line, "Type:") && !strings.HasPrefix(line, "Time:") && !strings.HasPrefix(line, "Build ID:") {
				_, _ = fmt.Fprint(out, "  ", line)
			}
		}
	}
}
