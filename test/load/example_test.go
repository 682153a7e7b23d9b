package load

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// The client that docs/protocol.md shows keeps a conversation whole across a lost
// connection and a kill -9 of the server.
func TestTheExampleClientKeepsAConversationWhole(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	parley, err := proc.Parley(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	example, err := proc.Build(t.Context(), "docs/example", ".", dir, "example")
	if err != nil {
		t.Fatal(err)
	}
	start := func(name string) (*proc.Process, string) {
		p, base, err := proc.StartGateway(t.Context(), proc.Spec{Name: name, Path: parley, Dir: dir, Env: []string{"DATA_DIR=" + data}})
		if err != nil {
			t.Fatal(err)
		}
		return p, base
	}
	server, base := start("first")
	line := newLine(t, base)
	ada := converse(t, example, "ws://"+line.addr()+"/ws", "Ada")

	ada.types("How do I put the chat on my own site?")
	ada.hears("Ada: How do I put the chat on my own site?")
	ada.hears("Parley bot: ")

	line.cut()
	ada.types("Is this line lost?")
	ada.hears("Ada: Is this line lost?")

	server.Kill()
	ada.types("Said while nobody listened.")
	ada.types("And this after it.")
	_, base = start("second")
	line.to(base)
	ada.hears("Ada: Said while nobody listened.")
	ada.hears("Ada: And this after it.")

	// Everything that was said, once, in order; a reply after the last message.
	ada.eventually("a reply to the last line", func(said []spoken) bool {
		return strings.HasPrefix(said[len(said)-1].text, "Parley bot: ")
	})
	var own []string
	last := uint64(0)
	for _, s := range ada.said() {
		if s.seq <= last {
			t.Errorf("event %d came after %d", s.seq, last)
		}
		last = s.seq
		if text, ok := strings.CutPrefix(s.text, "Ada: "); ok {
			own = append(own, text)
		}
	}
	want := "How do I put the chat on my own site?|Is this line lost?|Said while nobody listened.|And this after it."
	if got := strings.Join(own, "|"); got != want {
		t.Errorf("Ada said %q, want %q", got, want)
	}
}

// The client of twenty lines talks to a real Parley, and it is the one printed in
// docs/protocol.md.
func TestTheClientOfTwentyLinesTalks(t *testing.T) {
	dir := t.TempDir()
	parley, err := proc.Parley(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	tiny, err := proc.Build(t.Context(), "docs/example", "./tiny", dir, "tiny")
	if err != nil {
		t.Fatal(err)
	}
	_, base, err := proc.StartGateway(t.Context(), proc.Spec{Name: "parley", Path: parley, Dir: dir, Env: []string{"DATA_DIR=" + t.TempDir()}})
	if err != nil {
		t.Fatal(err)
	}
	ada := converse(t, tiny, "ws"+strings.TrimPrefix(base, "http")+"/ws", "Ada")
	ada.prints("welcome ")
	ada.types("How do I put the chat on my own site?")
	ada.prints("event How do I put the chat on my own site?")
	ada.prints("ack ")
	ada.prints("event Add the site to `ALLOWED_ORIGINS`") // the bot quotes the page that says how

	root, err := proc.Root()
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join(root, "docs/example/tiny/main.go"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/protocol.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(code), "func main() {")
	if !strings.Contains(string(page), "func main() {"+body) {
		t.Error("the client in docs/protocol.md differs from docs/example/tiny")
	}
	if n := strings.Count(strings.TrimSuffix(body, "}\n"), "\n") - 1; n > 20 {
		t.Errorf("the client has %d lines", n)
	}
}

// conversation is a running example client.
type conversation struct {
	t  *testing.T
	in io.Writer

	mu    sync.Mutex // guards the fields below
	lines []string
}

type spoken struct {
	seq  uint64
	text string
}

func converse(t *testing.T, program, url, name string) *conversation {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, url, name)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &conversation{t: t, in: in}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.mu.Lock()
			c.lines = append(c.lines, lines.Text())
			c.mu.Unlock()
		}
	}()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-done; _ = cmd.Wait() })
	return c
}

func (c *conversation) types(text string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.in, text); err != nil {
		c.t.Fatal(err)
	}
}

// said returns the events that were printed.
func (c *conversation) said() []spoken {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []spoken
	for _, l := range c.lines {
		var s spoken
		number, text, _ := strings.Cut(l, " ")
		if _, err := fmt.Sscan(number, &s.seq); err == nil {
			s.text = text
			all = append(all, s)
		}
	}
	return all
}

func (c *conversation) hears(start string) {
	c.t.Helper()
	c.eventually(start, func(said []spoken) bool {
		for _, s := range said {
			if strings.HasPrefix(s.text, start) {
				return true
			}
		}
		return false
	})
}

func (c *conversation) eventually(what string, holds func([]spoken) bool) {
	c.t.Helper()
	c.await(what, func() bool { said := c.said(); return len(said) > 0 && holds(said) })
}

// prints waits for a line with this prefix.
func (c *conversation) prints(start string) {
	c.t.Helper()
	c.await("a line that begins with "+start, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return slices.ContainsFunc(c.lines, func(l string) bool { return strings.HasPrefix(l, start) })
	})
}

func (c *conversation) await(what string, holds func() bool) {
	c.t.Helper()
	deadline := time.After(3 * time.Minute)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for {
		if holds() {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			c.mu.Lock()
			defer c.mu.Unlock()
			c.t.Fatalf("not within three minutes: %s. The client printed:\n%s", what, strings.Join(c.lines, "\n"))
		}
	}
}
