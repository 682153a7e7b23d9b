package model_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/model"
)

const asked = `{"model":"fixed-delay","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":"x"},{"role":"user","content":"y"}]}`

func start(t *testing.T, delay time.Duration) *model.Server {
	t.Helper()
	s, err := model.Start(delay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func ask(ctx context.Context, s *model.Server, body string) (status int, text string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/chat/completions", strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

// eventually waits until the condition holds for the statistics.
func eventually(t *testing.T, s *model.Server, what string, holds func(model.Stats) bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(3 * time.Minute); !holds(s.Stats()); <-tick.C {
		if time.Now().After(limit) {
			t.Fatalf("still not: %s: %+v", what, s.Stats())
		}
	}
}

func TestItAnswersAfterItsDelay(t *testing.T) {
	const delay = 50 * time.Millisecond
	s := start(t, delay)
	began := time.Now()
	status, text, err := ask(t.Context(), s, asked)
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	if took := time.Since(began); took < delay {
		t.Errorf("it answered after %v", took)
	}
	for _, part := range []string{`"content":"model "`, `"finish_reason":"stop"`, `"completion_tokens":`} {
		if !strings.Contains(text, part) {
			t.Errorf("the stream lacks %s:\n%s", part, text)
		}
	}
	if !strings.HasSuffix(text, "data: [DONE]\n\n") {
		t.Errorf("the stream ends differently:\n%s", text)
	}
	eventually(t, s, "one answer", func(st model.Stats) bool {
		return st.Answered == 1 && st.Thinking == 0 && st.Thought >= delay && st.Connections == 1
	})
}

func TestTheModelReportsClientsThatLeftAndRequestsThatAreInvalid(t *testing.T) {
	s := start(t, time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, _, err := ask(ctx, s, asked)
		gone <- err
	}()
	eventually(t, s, "a question", func(st model.Stats) bool { return st.Thinking == 1 })
	cancel()
	if err := <-gone; err == nil {
		t.Error("a client that went away was answered")
	}
	eventually(t, s, "who went away", func(st model.Stats) bool { return st.Thinking == 0 && st.Cut == 1 && st.Answered == 0 })

	for _, body := range []string{`nonsense`, `{}`, strings.Replace(asked, "true", "false", 1), strings.Replace(asked, "fixed", "other", 1), strings.Replace(asked, "user", "assistant", 1)} {
		if status, _, err := ask(t.Context(), s, body); err != nil || status != http.StatusBadRequest {
			t.Errorf("%s: %d, %v", body, status, err)
		}
	}
	if n := s.Stats().Refused; n != 5 {
		t.Errorf("%d were refused", n)
	}
}
