package world

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/history"
)

// Moving moves chats that are just talked in, one after the other, by the command that operators
// use. Now and then the command is killed; it is run again until it is done, since between its
// steps a chat stands still.
type Moving struct {
	w     *World
	rand  *rand.Rand
	every time.Duration
	often map[string]int // by chat
	// Most is how often a chat is moved at most; 0: as often as it can be.
	Most int

	mu     sync.Mutex // guards what follows
	Moved  int        // chats
	Killed int        // commands
	Again  int        // commands that failed, and were run again
	why    string     // what the last one of these said
}

// NewMoving returns one that moves a chat every so often.
func (w *World) NewMoving(seed uint64, every time.Duration) *Moving {
	return &Moving{w: w, rand: rand.New(rand.NewPCG(seed, 0x307e)), every: every, often: map[string]int{}}
}

// patient is how long a chat may take to be moved once nothing more is harmed.
const patient = 8 * time.Minute

// Run moves chats until ctx ends; what it has begun by then it ends.
func (m *Moving) Run(ctx context.Context, until time.Duration, record func(history.Harm)) error {
	began := time.Now()
	for rest(ctx, m.every/2+rand1(m.rand, m.every)) && time.Since(began) < until {
		living := m.living()
		if len(living) < 2 {
			continue
		}
		from := m.rand.IntN(len(living))
		to := living[(from+1+m.rand.IntN(len(living)-1))%len(living)].Name
		id, err := dump.LastChat(ctx, living[from].NATSURL())
		if err != nil || id == "" || m.Most > 0 && m.often[id] >= m.Most {
			continue // that region is down now, or nobody has written there
		}
		m.often[id]++
		h := history.Harm{At: time.Since(began), Kind: "move", Target: id + ">" + to}
		if err := m.move(context.WithoutCancel(ctx), id, to); err != nil {
			return err
		}
		h.Until = time.Since(began)
		record(h)
	}
	return nil
}

// move runs the command until it says that the chat is there, or that it was moved as often as it
// can be.
func (m *Moving) move(ctx context.Context, id, to string) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for {
		if heir := m.w.fate.heir(to); heir != "" { // the region was lost meanwhile
			to = heir
		}
		out, killed, err := m.once(ctx, id, to)
		if err != nil {
			return err
		}
		m.mu.Lock()
		switch {
		case killed:
			m.Killed++
		case strings.Contains(out, "moved from") || strings.Contains(out, "is at home in"):
			m.Moved++
			m.mu.Unlock()
			return nil
		case strings.Contains(out, "as often as one can be"):
			m.mu.Unlock()
			return nil
		default:
			m.Again++
			m.why = out
		}
		m.mu.Unlock()
		if !rest(ctx, 500*time.Millisecond) {
			return fmt.Errorf("move chat %s to %s: it is not done after %v: %s", id, to, patient, m.why)
		}
	}
}

// once runs the command once, in any region. Now and then it is killed in the middle.
func (m *Moving) once(ctx context.Context, id, to string) (out string, killed bool, err error) {
	living := m.living()
	at := living[m.rand.IntN(len(living))]
	limit := 2 * time.Minute
	if killed = m.rand.IntN(4) == 0; killed {
		limit = rand1(m.rand, 3*time.Second)
	}
	out, ended, err := m.w.command(ctx, at, limit, "", "move", id, "to", to)
	return out, killed && !ended, err
}

// living are the regions that are neither killed for good nor given up.
func (m *Moving) living() (all []*Region) {
	for _, r := range m.w.Regions {
		if m.w.fate.lives(r) {
			all = append(all, r)
		}
	}
	return all
}

// command runs a command of Parley in a region, with what it reads, for a while at most. ended says
// that it was not killed.
func (w *World) command(ctx context.Context, at *Region, limit time.Duration, in string, args ...string) (out string, ended bool, err error) {
	once, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(once, w.o.Program, args...)
	cmd.Stdin = strings.NewReader(in)
	cmd.Env = append(append(os.Environ(), "DATA_DIR="+filepath.Join(at.dir, "data"), "NATS_URL="+at.NATSURL(), "STREAMS=8", "NATS_REPLICAS=1"), w.settings(at)...)
	said, err := cmd.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited && once.Err() == nil {
		return "", false, fmt.Errorf("run parley %s: %w", args[0], err)
	}
	return string(said), once.Err() == nil, nil
}
