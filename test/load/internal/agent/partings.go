package agent

import "sync"

// Partings lets a visitor write in the very moment in which an agent lets the chat
// go. It may be used concurrently.
type Partings struct {
	mu    sync.Mutex // guards what follows
	about map[string]chan struct{}
}

// NewPartings returns one to be shared by all agents and visitors.
func NewPartings() *Partings { return &Partings{about: map[string]chan struct{}{}} }

// Of returns what is closed when an agent is about to let the chat go.
func (p *Partings) Of(chat string) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.about[chat] == nil {
		p.about[chat] = make(chan struct{})
	}
	return p.about[chat]
}

// now says that an agent is about to let the chat go.
func (p *Partings) now(chat string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.about[chat]; c != nil {
		close(c)
		delete(p.about, chat)
	}
}
