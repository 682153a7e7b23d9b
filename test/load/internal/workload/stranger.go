package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// What one stranger has, all of it from one address.
const (
	askers  = 4  // chats that ask and do not wait for an answer
	writers = 4  // chats that write as much as fits into a message
	callers = 30 // chats that want a person
	idlers  = 40 // connections that say nothing
)

const (
	// volley is how many messages a chat of a stranger sends at once, every volleyTime.
	volley     = 10
	volleyTime = time.Second
	// comesToRest is how long the chats of a stranger may take until everything that was
	// accepted is answered, and givesUp how long what is refused is tried again.
	comesToRest = 90 * time.Second
	givesUp     = 10 * time.Second
)

// stranger is one attack.
type stranger struct {
	w      *Workload
	number int
	header http.Header
}

// Attack lets one stranger do harm for a while: from one address it asks, writes, calls
// for persons and holds connections, without regard to others. Its chats are recorded
// as all are: what was accepted of them is kept and answered. Attack returns when the time
// is over; Run then waits until the chats have come to rest, or given up. Once Run is
// about to end nothing is done.
func (w *Workload) Attack(ctx context.Context, lasts time.Duration) error {
	w.mu.Lock()
	if w.over.Load() {
		w.mu.Unlock()
		return nil
	}
	w.attacks++
	s := &stranger{w: w, number: w.attacks, header: wire.Forwarded(wire.Strangers, w.attacks)}
	w.strangers.Add(1) // with the lock held: Run does not wait yet
	w.mu.Unlock()
	defer w.strangers.Done()

	attacking, stop := context.WithTimeout(ctx, lasts)
	defer stop()
	var busy sync.WaitGroup
	var faults []error
	for i := range askers + writers + callers {
		v, leave, err := s.chat(ctx, i)
		if err != nil {
			faults = append(faults, err)
			break
		}
		busy.Go(func() {
			harass(attacking, v, i)
			w.strangers.Go(func() { defer leave(); rest(ctx, v) })
		})
	}
	for i := range idlers {
		busy.Go(func() { s.idle(attacking, i) })
	}
	busy.Wait()
	return errors.Join(faults...)
}

// chat opens one of the stranger's chats, until leave is called.
func (s *stranger) chat(ctx context.Context, i int) (v *visitor.Visitor, leave func(), err error) {
	o := s.w.o
	rec, err := history.NewRecorder(o.Dir, fmt.Sprintf("%s%02d-%02d", history.Strangers, s.number, i), o.Began)
	if err != nil {
		return nil, nil, err
	}
	name := fmt.Sprintf("Stranger %d.%d of %s", s.number, i, s.w.run())
	v = visitor.New(visitor.Options{
		Name: name, Recorder: rec, Gateways: o.Gateways, First: i, Header: s.header, Sign: s.w.signer(name, i), // a customer of the site
		Rand: rand.New(rand.NewPCG(o.Seed, uint64(1)<<33+uint64(s.number)<<8+uint64(i))),
	})
	ctx, leave = context.WithCancel(ctx)
	s.w.strangers.Go(func() {
		err := errors.Join(v.Run(ctx), rec.Close())
		s.w.mu.Lock()
		defer s.w.mu.Unlock()
		s.w.theirs.Add(v.Counts())
		if err != nil {
			s.w.loud = append(s.w.loud, err.Error())
		}
	})
	return v, leave, nil
}

// harass is what one chat does until the context ends.
func harass(ctx context.Context, v *visitor.Visitor, i int) {
	for n := 0; ctx.Err() == nil; n++ {
		switch {
		case i < askers:
			for k := range volley {
				v.Send(fmt.Sprintf("%s (%d of a stranger)", texts[n%len(texts)], n*volley+k))
			}
		case i < askers+writers:
			for range volley {
				v.Send(strings.Repeat("😀", longest))
			}
		case n == 0:
			v.Ask("escalate")
		}
		wire.Wait(ctx, volleyTime)
		if v.Await(ctx, "its acknowledgments", visitor.Seen.Acked) != nil {
			return
		}
	}
}

// rest waits until everything that was accepted in the chat is answered, and leaves in
// peace if it is.
func rest(ctx context.Context, v *visitor.Visitor) {
	ctx, stop := context.WithTimeout(ctx, comesToRest)
	defer stop()
	trying, end := context.WithTimeout(ctx, givesUp)
	defer end()
	_ = v.Await(trying, "its last acknowledgments", visitor.Seen.Acked) // what is refused until then is given up
	for {
		status := ""
		v.Look(func(s visitor.Seen) { status = s.Status() })
		switch status {
		case "waiting":
			v.Ask("cancel")
		case "live":
			stays, done := context.WithTimeout(ctx, personStays/2)
			_ = v.Await(stays, "the person's end", func(s visitor.Seen) bool { return s.Status() != "live" })
			done()
			v.Ask("close")
		}
		err := v.Await(ctx, "its last replies", func(s visitor.Seen) bool {
			return s.CaughtUp() && botSpeaks(s.Status()) && s.Covered() || s.Status() == "live" && status == "waiting"
		})
		if err != nil {
			return
		}
		v.Look(func(s visitor.Seen) { status = s.Status() })
		if botSpeaks(status) {
			v.Leave()
			_ = v.Await(ctx, "its end", func(visitor.Seen) bool { return false }) // Run has returned
			return
		}
	}
}

// idle holds a connection until the context ends.
func (s *stranger) idle(ctx context.Context, i int) {
	all := s.w.o.Gateways()
	if len(all) == 0 {
		return
	}
	ws, err := wire.DialTo(ctx, wire.Place{Base: all[i%len(all)], Header: s.header})
	if err != nil {
		return
	}
	defer ws.Drop(false)
	defer context.AfterFunc(ctx, func() { ws.Drop(false) })()
	for {
		if _, err := ws.ReadRaw(); err != nil {
			return
		}
	}
}
