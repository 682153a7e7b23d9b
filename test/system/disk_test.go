package system_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

// writer is a visitor who never stops writing. It waits when it is told to, comes
// back when it loses the connection, and remembers what was acknowledged.
type writer struct {
	name string

	mu      sync.Mutex // guards what follows
	url     string
	token   string
	chat    chat.ID
	acked   map[string]uint64
	refused []refusal
	faults  []string
}

// writes keeps n of them writing until stop is called.
func writes(t *testing.T, url string, n int) (all []*writer, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range n {
		w := &writer{name: fmt.Sprint("Writer ", i), token: fmt.Sprintf("claim:%030d", i), url: url, acked: map[string]uint64{}}
		all = append(all, w)
		wg.Go(func() { w.run(ctx) })
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return all, stop
}

func (w *writer) run(ctx context.Context) {
	for n := 0; ctx.Err() == nil; {
		w.mu.Lock()
		url := w.url
		w.mu.Unlock()
		n = w.connection(ctx, url, n)
		pause(ctx, 50*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// connection writes the messages from number n on until it ends, and returns the
// number of the first that is not acknowledged.
func (w *writer) connection(ctx context.Context, url string, n int) int {
	d := websocket.Dialer{Subprotocols: []string{"parley.v1"}, HandshakeTimeout: 5 * time.Second}
	ws, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(url, "http")+"/ws", nil)
	if err != nil {
		return n
	}
	defer func() { _ = ws.Close() }()
	defer context.AfterFunc(ctx, func() { _ = ws.Close() })()
	ask := map[string]any{"t": "hello", "name": w.name, "token": w.token}
	for ws.WriteJSON(ask) == nil {
		f, err := w.answer(ws)
		if err != nil {
			return n
		}
		switch f.T {
		case "error":
			pause(ctx, time.Duration(min(f.Retry, 300))*time.Millisecond) // sooner than it is told: the test is short
			continue
		case "welcome":
			w.mu.Lock()
			w.token, w.chat = f.Token, chat.ID(f.Chat)
			w.mu.Unlock()
		case "ack":
			w.mu.Lock()
			w.acked[f.ID] = f.Seq
			w.mu.Unlock()
			n++
			pause(ctx, 5*time.Millisecond)
		}
		ask = map[string]any{"t": "send", "id": fmt.Sprint("m", n), "text": strings.Repeat("Is there room? ", 20), "again": true}
	}
	return n
}

// answered is a frame that answers another one.
type answered struct {
	T, ID, Code, Message, Token, Chat string
	Seq                               uint64
	Retry                             int64 `json:"retry_after_ms"`
}

func (w *writer) answer(ws *websocket.Conn) (answered, error) {
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return answered{}, err
		}
		var f answered
		if err := json.Unmarshal(data, &f); err != nil {
			return answered{}, err
		}
		if f.T == "error" {
			w.mu.Lock()
			w.refused = append(w.refused, refusal{T: f.T, Code: f.Code, Message: f.Message, Retry: f.Retry})
			if f.Retry == 0 {
				w.faults = append(w.faults, fmt.Sprintf("refused for good: %s: %s", f.Code, f.Message))
			}
			w.mu.Unlock()
		}
		if f.T == "welcome" || f.T == "ack" || f.T == "error" {
			return f, nil
		}
	}
}

// count returns how many messages were acknowledged, and how often the writers
// were refused with these words in the sentence.
func count(all []*writer, words string) (acked, refused int) {
	for _, w := range all {
		w.mu.Lock()
		acked += len(w.acked)
		for _, r := range w.refused {
			if strings.Contains(r.Message, words) && r.later("unavailable") {
				refused++
			}
		}
		w.mu.Unlock()
	}
	return acked, refused
}

// goOn waits until every writer had another message acknowledged.
func goOn(t *testing.T, d *smallDisk, all []*writer) {
	t.Helper()
	before := map[*writer]int{}
	for _, w := range all {
		before[w], _ = count([]*writer{w}, "")
	}
	deadline := time.Now().Add(time.Minute)
	bustest.EventuallyWithin(t, 90*time.Second, "all to go on", func() bool {
		for _, w := range all {
			if n, _ := count([]*writer{w}, ""); n == before[w] {
				if time.Now().After(deadline) {
					t.Fatalf("it does not go on; the log ends with\n%s", d.tail())
				}
				return false
			}
		}
		return true
	})
}

func readiness(t *testing.T, url string) (status int, text string) {
	t.Helper()
	resp, err := http.Get(url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// complete checks that everything that was acknowledged is in the streams and in
// the store, once, where it was said to be.
func complete(t *testing.T, d *smallDisk, url string, all []*writer) {
	t.Helper()
	for _, w := range all {
		if len(w.faults) > 0 {
			t.Errorf("%s: %v", w.name, w.faults)
		}
		p := dialPlain(t, url)
		if r := p.ask(map[string]any{"t": "hello", "name": w.name, "token": w.token}); r.T != "welcome" {
			t.Fatalf("%s: %+v", w.name, r)
		}
		found := map[string]uint64{}
		for before := uint64(0); ; {
			if err := p.ws.WriteJSON(map[string]any{"t": "page", "id": fmt.Sprint("p", before), "before": before, "limit": 200}); err != nil {
				t.Fatal(err)
			}
			var page frame
			for page.T != "page" {
				page = frame{}
				_ = p.ws.SetReadDeadline(time.Now().Add(20 * time.Second))
				if err := p.ws.ReadJSON(&page); err != nil {
					t.Fatal(err)
				}
			}
			for _, e := range page.Events {
				if e.ID != "" && found[e.ID] != 0 {
					t.Errorf("%s: %s is there twice, as %d and %d", w.name, e.ID, found[e.ID], e.Seq)
				}
				found[e.ID] = e.Seq
			}
			if !page.More {
				break
			}
			before = page.Events[0].Seq
		}
		for id, seq := range w.acked {
			if found[id] != seq {
				t.Errorf("%s: %s was acknowledged as %d and is there as %d", w.name, id, seq, found[id])
			}
		}
	}
	bustest.EventuallyWithin(t, 30*time.Second, "all to be in the store", func() bool { return d.stored(all) })
}

// stored reports whether a copy of the database holds all that was acknowledged.
func (d *smallDisk) stored(all []*writer) bool {
	d.t.Helper()
	dir := d.t.TempDir()
	for _, name := range []string{"history.db", "history.db-wal"} {
		data, err := os.ReadFile(filepath.Join(d.path, "data", name))
		if err != nil {
			return false
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	st, err := sqlitestore.Open(d.t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		return false // copied while it was written
	}
	defer func() { _ = st.Close() }()
	for _, w := range all {
		for id, seq := range w.acked {
			if e, err := st.Find(d.t.Context(), w.chat, chat.RoleVisitor, id); err != nil || e.Seq != seq {
				return false
			}
		}
	}
	return true
}

// built is the program as it is shipped.
func built(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "parley")
	if out, err := exec.Command("go", "build", "-o", program, "../..").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// The disk runs short of what is reserved. Visitors are told so and when to come
// again, nothing that was acknowledged is lost, what was accepted is still
// answered and stored, and with room again all goes on by itself.
func TestADiskThatRunsFull(t *testing.T) {
	d := newSmallDisk(t, built(t), "64m", "DISK_RESERVE=16MB")
	d.begin()
	url := d.serves()
	all, stop := writes(t, url, 4)
	goOn(t, d, all)
	for range 2 {
		_, before := count(all, "no room")
		d.fill(10 << 20)
		bustest.Eventually(t, "all to be told", func() bool { _, n := count(all, "no room"); return n >= before+20 })
		if status, text := readiness(t, url); status != http.StatusServiceUnavailable || !strings.Contains(text, "no room") {
			t.Errorf("without room it says %d: %s", status, text)
		}
		acked, _ := count(all, "")
		_, refused := count(all, "no room")
		bustest.Eventually(t, "all to be told again", func() bool { _, n := count(all, "no room"); return n >= refused+20 })
		if now, _ := count(all, ""); now > acked {
			t.Errorf("%d messages were taken without room", now-acked)
		}
		p := dialPlain(t, url)
		if r := p.hello("Somebody new"); !r.later("unavailable") {
			t.Errorf("somebody new is told %+v", r)
		}
		d.clear()
		goOn(t, d, all)
		if status, text := readiness(t, url); status != http.StatusOK {
			t.Errorf("with room it says %d: %s", status, text)
		}
	}
	stop()
	complete(t, d, url, all)
	if n := d.logged("no room on the disk"); n != 2 {
		t.Errorf("it was logged %d times that there is no room, want 2:\n%s", n, d.tail())
	}
}

// The disk is full to the last byte at once, so that writes fail: NATS gives up its
// streams. With room the service goes on in the same process; and after a kill -9
// while the disk was full, in the next one.
func TestADiskThatIsFullToTheLastByte(t *testing.T) {
	d := newSmallDisk(t, built(t), "64m", "DISK_RESERVE=0")
	pid := d.begin()
	url := d.serves()
	all, stop := writes(t, url, 4)
	goOn(t, d, all)
	for range 2 {
		_, before := count(all, "")
		d.fill(0)
		bustest.EventuallyWithin(t, time.Minute, "all to be told", func() bool { _, n := count(all, ""); return n >= before+8 })
		bustest.EventuallyWithin(t, 30*time.Second, "it to say why", func() bool {
			status, text := readiness(t, url)
			return status == http.StatusServiceUnavailable && strings.Contains(text, "no room")
		})
		d.clear()
		goOn(t, d, all)
		bustest.EventuallyWithin(t, 30*time.Second, "it to be ready", func() bool { status, _ := readiness(t, url); return status == http.StatusOK })
	}
	if d.said(saidEnded) != "" {
		t.Fatalf("the process ended:\n%s", d.tail())
	}
	if d.logged("starting it anew") == 0 {
		t.Error("no write failed: the test shows nothing")
	}

	d.fill(0)
	bustest.EventuallyWithin(t, time.Minute, "it to say why", func() bool { status, _ := readiness(t, url); return status == http.StatusServiceUnavailable })
	d.kill(pid, syscall.SIGKILL)
	d.begin() // on the full disk, where it may end with a sentence or wait
	bustest.EventuallyWithin(t, time.Minute, "it to wait, serve or end", func() bool {
		return d.said(saidURL) != "" || d.said(saidEnded) != "" || d.logged("waiting for NATS") > 0
	})
	d.clear()
	if d.said(saidEnded) != "" {
		d.begin()
	}
	url = d.serves()
	for _, w := range all {
		w.mu.Lock()
		w.url = url
		w.mu.Unlock()
	}
	goOn(t, d, all)
	stop()
	complete(t, d, url, all)
}
