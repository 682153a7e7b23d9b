package system

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// member is one process of the system, which may be down and come back.
type member struct {
	name, role string
	lines      []*network.Line // to each NATS node, of a role's replica
	at         string          // its base URL, if it has one
	start      func(ctx context.Context) (*proc.Process, error)

	turn sync.Mutex    // held while the member is stopped, started or paused; guards told
	told *proc.Process // the last whose end was reported

	mu      sync.Mutex    // guards what follows
	process *proc.Process // nil: it is down
	paused  bool
	program string // of a role's replica: what its next start runs
	peak    uint64 // bytes, of all its processes
}

// now returns the process, nil if there is none, and whether it is paused.
func (m *member) now() (p *proc.Process, paused bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.process, m.paused
}

func (m *member) set(p *proc.Process, paused bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.process, m.paused = p, paused
}

func (m *member) runs() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.program
}

// Use has the role's replicas run another build of Parley from their next start on.
func (s *System) Use(role, program string) {
	for _, m := range s.members {
		if m.role == role {
			m.mu.Lock()
			m.program = program
			m.mu.Unlock()
		}
	}
}

// take returns the member's process, if it runs, and marks the member as down.
func (m *member) take() *proc.Process {
	m.measure()
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.process
	m.process, m.paused = nil, false
	return p
}

// measure returns the process's resident memory in bytes, 0 if none runs.
func (m *member) measure() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.process == nil {
		return 0
	}
	resident, peak, err := m.process.Memory()
	if err != nil { // it has just ended
		return 0
	}
	m.peak = max(m.peak, peak)
	return resident
}

// Kill is kill -9. It returns when the process is gone.
func (s *System) Kill(name string) error {
	m, err := s.member(name)
	if err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	if p := m.take(); p != nil && !s.mourn(m, p) {
		p.Kill()
	}
	return nil
}

// Terminate sends SIGTERM and returns when the process is gone. If it has to be killed
// in the end, that is among the Faults.
func (s *System) Terminate(name string) error {
	m, err := s.member(name)
	if err != nil {
		return fmt.Errorf("terminate: %w", err)
	}
	s.report(s.terminate(m))
	return nil
}

func (s *System) terminate(m *member) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	p := m.take()
	if p == nil || s.mourn(m, p) || p.Stop(stopLimit) {
		return nil
	}
	return fmt.Errorf("%s did not end within %v after SIGTERM:\n%s", m.name, stopLimit, p.Tail())
}

// StartAgain starts a member that is down, at the same address and on the same files.
// It returns when the process runs, which may be before it serves. If one runs already
// it does nothing.
func (s *System) StartAgain(name string) error {
	m, err := s.member(name)
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	return s.run(m)
}

// Pause sends SIGSTOP: the process stops running and its connections stay open.
func (s *System) Pause(name string) error { return s.hold(name, true) }

// Continue undoes Pause.
func (s *System) Continue(name string) error { return s.hold(name, false) }

func (s *System) hold(name string, paused bool) error {
	m, err := s.member(name)
	if err != nil {
		return fmt.Errorf("pause or continue: %w", err)
	}
	m.turn.Lock()
	defer m.turn.Unlock()
	p, _ := m.now()
	if p == nil {
		return nil
	}
	act := p.Continue
	if paused {
		act = p.Pause
	}
	if err := act(); err != nil {
		select {
		case <-p.Done(): // watch reports it
			return nil
		default:
			return err
		}
	}
	m.set(p, paused)
	return nil
}

// run starts the member's process, unless one runs.
func (s *System) run(m *member) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	if p, _ := m.now(); p != nil {
		return nil
	}
	if err := s.running.Err(); err != nil {
		return fmt.Errorf("start %s: %w", m.name, err)
	}
	p, err := m.start(s.running)
	if err != nil {
		return err
	}
	m.set(p, false)
	s.wg.Go(func() { s.watch(m, p) })
	return nil
}

// rest is how long a member that ended by itself is down.
const rest = time.Second

// watch reports a process that ends by itself and restarts the member, as in a real
// installation.
func (s *System) watch(m *member, p *proc.Process) {
	<-p.Done()
	m.turn.Lock()
	died := s.mourn(m, p)
	m.turn.Unlock()
	if !died {
		return
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		if err := s.run(m); err != nil && s.running.Err() == nil {
			s.report(err)
		}
	case <-s.running.Done():
	}
}

// mourn reports whether the process ended by itself, and logs how, once. The member's
// turn is held.
func (s *System) mourn(m *member, p *proc.Process) bool {
	if !p.Died() {
		return false
	}
	if now, _ := m.now(); now == p {
		m.set(nil, false)
	}
	if m.told == p {
		return true
	}
	m.told = p
	s.report(fmt.Errorf("%s ended by itself:\n%s", m.name, p.Tail()))
	return true
}

// Memory returns the resident memory of each running member, in bytes.
func (s *System) Memory() map[string]uint64 {
	all := map[string]uint64{}
	for _, m := range s.members {
		if n := m.measure(); n > 0 {
			all[m.name] = n
		}
	}
	return all
}

// Peaks returns the peak resident memory of each member, in bytes, over all its
// processes.
func (s *System) Peaks() map[string]uint64 {
	all := map[string]uint64{}
	for _, m := range s.members {
		m.measure()
		m.mu.Lock()
		all[m.name] = m.peak
		m.mu.Unlock()
	}
	return all
}
