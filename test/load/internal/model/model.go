// Package model is a language model for measurements: a server that speaks the
// streaming chat API of OpenAI over HTTP, knows nothing, and answers every
// question after the same delay. It costs next to no computing time, so a bot's answers
// a second are bounded by the number of questions that it asks at once.
package model

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Name is the model's name.
const Name = "fixed-delay"

// most is how large a request may be.
const most = 1 << 20

// answer is what it says, in the pieces that it is streamed in.
var answer = strings.SplitAfter("A model would say here what the passages say about it, in a sentence or two.", " ")

// Stats is what a model was asked since it began.
type Stats struct {
	Answered    int           // to the end
	Cut         int           // questions whose connection ended before the answer
	Refused     int           // requests that are not questions
	Thinking    int           // questions that it has now
	Thought     time.Duration // all questions' times together
	Connections int           // that were opened
}

// Server is a model that runs.
type Server struct {
	delay time.Duration
	http  *http.Server
	addr  string
	ended chan error

	mu    sync.Mutex // guards what follows
	stats Stats
	at    time.Time // up to when Stats.Thought is added up
}

// Start starts a model on a free loopback port. The caller calls Close.
func Start(delay time.Duration) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the model: %w", err)
	}
	s := &Server{delay: delay, addr: listener.Addr().String(), ended: make(chan error, 1), at: time.Now()}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.serve)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ConnState: s.connected}
	go func() { s.ended <- s.http.Serve(listener) }()
	return s, nil
}

// URL is the base of its API, as LLM_URL has it.
func (s *Server) URL() string { return "http://" + s.addr + "/v1" }

// Settings are those with which a bot asks it, and as often as it likes: all visitors of a
// measurement have one address.
func (s *Server) Settings() []string {
	return []string{
		"LLM_URL=" + s.URL(), "LLM_MODEL=" + Name,
		"LLM_CALLS_PER_CHAT=0", "LLM_CALLS_PER_ADDRESS=0", "LLM_CALLS_PER_DAY=0",
		"LLM_TOKENS_PER_CHAT=0", "LLM_TOKENS_PER_ADDRESS=0", "LLM_TOKENS_PER_DAY=0",
	}
}

// Close ends it, and all open questions.
func (s *Server) Close() error {
	err := s.http.Close()
	<-s.ended
	if err != nil {
		return fmt.Errorf("end the model: %w", err)
	}
	return nil
}

// Stats returns what it was asked so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count()
	return s.stats
}

// count adds up what was thought until now; with the lock held.
func (s *Server) count() {
	now := time.Now()
	s.stats.Thought += time.Duration(s.stats.Thinking) * now.Sub(s.at)
	s.at = now
}

func (s *Server) change(f func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count()
	f(&s.stats)
}

func (s *Server) connected(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.change(func(st *Stats) { st.Connections++ })
	}
}

// question is the part of a request that matters.
type question struct {
	Model    string `json:"model"`
	Stream   bool   `json:"stream"`
	Messages []struct {
		Role string `json:"role"`
	} `json:"messages"`
	StreamOptions struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// fault says what is wrong with a question, or nothing.
func (q question) fault() string {
	switch {
	case q.Model != Name:
		return "there is no such model"
	case !q.Stream:
		return "only streams are served"
	case len(q.Messages) == 0 || q.Messages[len(q.Messages)-1].Role != "user":
		return "the last message is to be the user's"
	}
	return ""
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	var q question
	fault := ""
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&q); err != nil {
		fault = "the request can't be read"
	} else {
		fault = q.fault()
	}
	if fault != "" {
		s.change(func(st *Stats) { st.Refused++ })
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":{"message":%q,"type":"invalid_request_error"}}`, fault)
		return
	}
	s.change(func(st *Stats) { st.Thinking++ })
	whole := wait(r.Context(), s.delay) && say(w, q.StreamOptions.IncludeUsage) == nil
	s.change(func(st *Stats) {
		st.Thinking--
		if whole {
			st.Answered++
		} else {
			st.Cut++
		}
	})
}

func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// say streams the answer.
func say(w http.ResponseWriter, usage bool) error {
	w.Header().Set("Content-Type", "text/event-stream")
	const frame = "data: {\"id\":\"answer\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"" + Name + "\",\"choices\":[%s]%s}\n\n"
	for _, words := range answer {
		if _, err := fmt.Fprintf(w, frame, fmt.Sprintf(`{"index":0,"delta":{"role":"assistant","content":%q},"finish_reason":null}`, words), ""); err != nil {
			return err
		}
	}
	end := fmt.Sprintf(frame, `{"index":0,"delta":{},"finish_reason":"stop"}`, "")
	if usage {
		n := len(answer)
		end += fmt.Sprintf(frame, "", fmt.Sprintf(`,"usage":{"prompt_tokens":1,"completion_tokens":%d,"total_tokens":%d}`, n, n+1))
	}
	_, err := fmt.Fprint(w, end+"data: [DONE]\n\n")
	return err
}
