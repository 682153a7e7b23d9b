package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// problem is the body of an answer that is an error.
type problem struct {
	Code         string `json:"code"`
	Message      string `json:"message"`
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
	// Rule is what a refused password breaks: one of the rules of package accounts.
	Rule string `json:"rule,omitempty"`
}

// tooSoon is a refusal that says when to try again.
type tooSoon struct {
	bus.Refusal
	wait time.Duration
}

// Unwrap returns the refusal.
func (t *tooSoon) Unwrap() error { return &t.Refusal }

func refuse(code, sentence string) error { return &bus.Refusal{Code: code, Message: sentence} }

func internal() problem {
	return problem{Code: codes.Internal, Message: codes.Sentence(codes.Internal)}
}

// retrySoon is when to try again if nothing better is known.
const retrySoon = 2 * time.Second

// fail answers with the part of the error that is for people, and logs the rest.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	var soon *tooSoon
	var no *bus.Refusal
	var password *accounts.PasswordError
	switch {
	case errors.As(err, &soon):
		writeError(w, problem{Code: soon.Code, Message: soon.Message, RetryAfterMS: soon.wait.Milliseconds() + 1})
	case errors.As(err, &password):
		writeError(w, problem{Code: password.Code, Message: password.Message, Rule: password.Rule})
	case errors.As(err, &no):
		p := problem{Code: no.Code, Message: no.Message}
		if no.Code == codes.RateLimited {
			p.RetryAfterMS = retrySoon.Milliseconds()
		}
		writeError(w, p)
	case errors.Is(err, bus.ErrUnavailable):
		if a.Conn == nil || a.Conn.Ready() == nil { // otherwise the connection logs it
			a.unanswered.Line("call", a.Log.Warn()).Str("path", r.URL.Path).Err(err).Msg("an API call found nobody to answer it")
		}
		writeError(w, problem{Code: codes.Unavailable, Message: codes.Sentence(codes.Unavailable), RetryAfterMS: retrySoon.Milliseconds()})
	default:
		a.Log.Error().Str("path", r.URL.Path).Err(err).Msg("an API call failed")
		writeError(w, internal())
	}
}

func writeError(w http.ResponseWriter, p problem) {
	if p.RetryAfterMS > 0 {
		w.Header().Set("Retry-After", limit.RetryAfter(time.Duration(p.RetryAfterMS)*time.Millisecond))
	}
	writeJSON(w, codes.Status(p.Code), p)
}

// writeJSON writes an answer whose encoding can't fail.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the client is gone
}
