package system_test

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
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// writes makes n visitors write, one message after the other, until stop is called. url
// holds the gateway's address.
func writes(t *testing.T, url *atomic.Value, n int) (all []*talk.Visitor, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	all = talk.Crowd(n, "Writer", func() []string { return []string{url.Load().(string)} })
	var wg sync.WaitGroup
	for _, v := range all {
		wg.Go(func() { v.Run(ctx) })
		wg.Go(func() { write(ctx, v) })
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return all, stop
}

// write says something more whenever the last message is acknowledged.
func write(ctx context.Context, v *talk.Visitor) {
	moment := time.NewTicker(5 * time.Millisecond)
	defer moment.Stop()
	for n := 0; ; {
		select {
		case <-moment.C:
			if v.Pending() == 0 {
				v.Say(fmt.Sprint("m", n), strings.Repeat("Is there room? ", 20))
				n++
			}
		case <-ctx.Done():
			return
		}
	}
}

// count returns how many messages were acknowledged, and how often the visitors were
// refused for now with these words in the sentence.
func count(all []*talk.Visitor, words string) (acked, refused int) {
	for _, v := range all {
		acked += len(v.Acks())
		for _, r := range v.Refusals() {
			if strings.Contains(r.Message, words) && r.Later("unavailable") {
				refused++
			}
		}
	}
	return acked, refused
}

// goOn waits until every visitor had another message acknowledged.
func goOn(t *testing.T, all []*talk.Visitor) {
	t.Helper()
	for _, v := range all {
		before := len(v.Acks())
		bustest.Eventually(t, v.Name+" to go on", func() bool { return len(v.Acks()) > before })
	}
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

// complete checks that everything that was acknowledged is in the streams and in the
// store, once, with the sequence of its acknowledgment.
func complete(t *testing.T, d *smallDisk, all []*talk.Visitor) {
	t.Helper()
	for _, v := range all {
		for _, fault := range v.Faults() {
			t.Errorf("%s: %s", v.Name, fault)
		}
		events, err := v.ReadAgain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]uint64{}
		for _, e := range events {
			if e.ID != "" && found[e.ID] != 0 {
				t.Errorf("%s: %s is there twice, as %d and %d", v.Name, e.ID, found[e.ID], e.Seq)
			}
			found[e.ID] = e.Seq
		}
		for id, seq := range v.Acks() {
			if found[id] != seq {
				t.Errorf("%s: %s was acknowledged as %d and is there as %d", v.Name, id, seq, found[id])
			}
		}
	}
	bustest.Eventually(t, "all to be in the store", func() bool { return d.stored(all) })
}

// stored reports whether a copy of the database holds all that was acknowledged.
func (d *smallDisk) stored(all []*talk.Visitor) bool {
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
	for _, v := range all {
		for id, seq := range v.Acks() {
			if e, err := st.Find(d.t.Context(), chat.ID(v.Chat()), chat.RoleVisitor, id); err != nil || e.Seq != seq {
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

// The disk has less space than the reserve. Visitors get an error that says so and when
// to retry, nothing that was acknowledged is lost, what was accepted is still answered
// and stored, and once there is space again everything goes on by itself.
func TestADiskThatFillsUp(t *testing.T) {
	d := newSmallDisk(t, built(t), "64m", "DISK_RESERVE=16MB")
	d.begin()
	url := d.serves()
	var at atomic.Value
	at.Store(url)
	all, stop := writes(t, &at, 4)
	goOn(t, all)
	for range 2 {
		_, before := count(all, "no room")
		d.fill(10 << 20)
		bustest.Eventually(t, "all to be refused", func() bool { _, n := count(all, "no room"); return n >= before+20 })
		bustest.Eventually(t, "it to say why", func() bool {
			status, text := readiness(t, url)
			return status == http.StatusServiceUnavailable && strings.Contains(text, "no room")
		})
		acked, _ := count(all, "")
		_, refused := count(all, "no room")
		bustest.Eventually(t, "all to be refused again", func() bool { _, n := count(all, "no room"); return n >= refused+20 })
		if now, _ := count(all, ""); now > acked {
			t.Errorf("%d messages were taken without room", now-acked)
		}
		p := talktest.Dial(t, url)
		if r := knock(p, "Somebody new"); !r.Later("unavailable") {
			t.Errorf("a newcomer gets %+v", r)
		}
		d.clear()
		goOn(t, all)
		bustest.Eventually(t, "it to be ready", func() bool { status, _ := readiness(t, url); return status == http.StatusOK })
	}
	stop()
	complete(t, d, all)
	if n := d.logged("no room on the disk"); n != 2 {
		t.Errorf("it was logged %d times that there is no room, want 2:\n%s", n, d.tail())
	}
}

// The disk is suddenly full to the last byte, so that writes fail and NATS gives up its
// streams. Once there is space the service goes on in the same process, and after a
// kill -9 on the full disk in the next one.
func TestADiskThatIsFullToTheLastByte(t *testing.T) {
	d := newSmallDisk(t, built(t), "64m", "DISK_RESERVE=0")
	pid := d.begin()
	url := d.serves()
	var at atomic.Value
	at.Store(url)
	all, stop := writes(t, &at, 4)
	goOn(t, all)
	for range 2 {
		_, before := count(all, "")
		d.fill(0)
		bustest.Eventually(t, "all to be refused", func() bool { _, n := count(all, ""); return n >= before+8 })
		bustest.Eventually(t, "it to say why", func() bool {
			status, text := readiness(t, url)
			return status == http.StatusServiceUnavailable && strings.Contains(text, "no room")
		})
		d.clear()
		goOn(t, all)
		bustest.Eventually(t, "it to be ready", func() bool { status, _ := readiness(t, url); return status == http.StatusOK })
	}
	if d.said(saidEnded) != "" {
		t.Fatalf("the process ended:\n%s", d.tail())
	}
	if d.logged("restarting it") == 0 {
		t.Error("no write failed: the test shows nothing")
	}

	d.fill(0)
	bustest.Eventually(t, "it to say why", func() bool { status, _ := readiness(t, url); return status == http.StatusServiceUnavailable })
	d.kill(pid, syscall.SIGKILL)
	d.begin() // on the full disk, on which it may wait, or end with a sentence
	bustest.Eventually(t, "it to wait, serve or end", func() bool {
		return d.said(saidURL) != "" || d.said(saidEnded) != "" || d.logged("waiting for NATS") > 0
	})
	d.clear()
	if d.said(saidEnded) != "" {
		d.begin()
	}
	at.Store(d.serves())
	goOn(t, all)
	stop()
	complete(t, d, all)
}
