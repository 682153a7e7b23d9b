package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// manner is a server that answers by path.
type manner map[string]func(w http.ResponseWriter, body string)

func (m manner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	answer, ok := m[r.Method+" "+r.URL.Path]
	if !ok {
		if answer, ok = m["*"]; !ok {
			http.NotFound(w, r)
			return
		}
	}
	answer(w, string(body))
}

func says(status int, kind, body string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func saysJSON(status int, body string) func(http.ResponseWriter, string) {
	return says(status, "application/json", body)
}

// begins is an endpoint that streams until nobody reads any more.
func begins(w http.ResponseWriter, _ string) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, ": OPENROUTER PROCESSING\n\n")
	for range 1000 {
		if _, err := io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"yes\"}}]}\n\n"); err != nil {
			return
		}
	}
}

const chatHere, chatBelow = "POST /chat/completions", "POST /v1/chat/completions"

func TestACheckSaysWhatIsWrongWithTheEndpoint(t *testing.T) {
	const secret = "sk-very-secret-0123456789"
	for name, c := range map[string]struct {
		server manner
		path   string // of LLM_URL
		noKey  bool
		works  bool
		says   string // URL stands for the server's
	}{
		"all is well":                {manner{chatBelow: begins}, "/v1", false, true, ""},
		"not streamed":               {manner{chatBelow: saysJSON(200, `{"id":"c","choices":[{"index":0,"message":{"content":"yes"}}]}`)}, "/v1", false, true, ""},
		"no /v1":                     {manner{chatBelow: begins}, "", false, false, "LLM_URL=URL has no chat endpoint (HTTP 404); URL/v1 has one: set that."},
		"Ollama's own API":           {manner{chatBelow: begins, "*": saysJSON(404, `{"error":"not found"}`)}, "/api", false, false, "LLM_URL=URL/api has no chat endpoint (HTTP 404); URL/v1 has one: set that."},
		"no /v1, behind a key":       {manner{chatBelow: saysJSON(401, `{}`)}, "", false, false, "URL/v1 has one: set that."},
		"no /v1 at a page":           {manner{chatBelow: begins, "*": says(200, "text/html", "<!doctype html><title>Ollama is running</title>")}, "", false, false, "LLM_URL=URL answers with a page for people, not with the chat protocol; URL/v1 has one: set that."},
		"no /v1 at LM Studio":        {manner{chatBelow: begins, "*": saysJSON(200, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`)}, "", false, false, "URL/v1 has one: set that."},
		"another path on OpenRouter": {manner{"POST /api/v1/chat/completions": begins}, "/v1", false, false, "URL/api/v1 has one: set that."},
		"nothing of the kind":        {manner{}, "", false, false, "LLM_URL=URL has no chat endpoint (HTTP 404). Is it the base URL of an OpenAI-compatible API? Most end in /v1."},
		"a page":                     {manner{"*": says(200, "text/html; charset=utf-8", "<html>Welcome</html>")}, "/v1", false, false, "answers with a page for people"},
		"405":                        {manner{"*": says(405, "text/plain", "Method Not Allowed")}, "/v1", false, false, "has no chat endpoint (HTTP 405)"},
		"no such model, vLLM":        {manner{chatBelow: saysJSON(404, `{"object":"error","message":"The model `+"`m`"+` does not exist.","type":"NotFoundError","code":404}`), "GET /v1/models": saysJSON(200, `{"data":[{"id":"llama-3"},{"id":"qwen-2"}]}`)}, "/v1", false, false, "does not exist.). It has llama-3, qwen-2."},
		"no such model, Ollama":      {manner{chatBelow: saysJSON(404, `{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error"}}`)}, "/v1", false, false, "LLM_MODEL=m is not a model of URL/v1 ("},
		"no such model, OpenRouter":  {manner{chatBelow: saysJSON(400, `{"error":{"message":"m is not a valid model ID","code":400}}`)}, "/v1", false, false, "LLM_MODEL=m is not a model of"},
		"many models":                {manner{chatBelow: saysJSON(404, `{"error":{"code":"model_not_found","message":"no"}}`), "GET /v1/models": saysJSON(200, `{"data":[`+strings.Repeat(`{"id":"x"},`, 30)+`{"id":"y"}]}`)}, "/v1", false, false, "x and 21 more."},
		"a wrong key":                {manner{chatBelow: saysJSON(401, `{"error":{"message":"Incorrect API key provided: `+secret+`"}}`)}, "/v1", false, false, "LLM_URL=URL/v1 refuses the key (HTTP 401): check LLM_KEY."},
		"no key":                     {manner{chatBelow: saysJSON(401, `{"error":"you must provide an API key"}`)}, "/v1", true, false, "LLM_URL=URL/v1 needs an API key (HTTP 401): set LLM_KEY."},
		"part of the key":            {manner{chatBelow: saysJSON(400, `{"error":{"message":"bad header sk-very-secr…6789"}}`)}, "/v1", false, false, "bad header [key]"},
		"a redirect": {manner{chatBelow: func(w http.ResponseWriter, _ string) {
			w.Header().Set("Location", "https://elsewhere.example/v1/chat/completions")
			w.WriteHeader(308)
		}}, "/v1", false, false, "LLM_URL=URL/v1 redirects to another address: set LLM_URL=https://elsewhere.example/v1."},
		"a sign-in":           {manner{"*": func(w http.ResponseWriter, _ string) { w.Header().Set("Location", "/login?next=x"); w.WriteHeader(302) }}, "/v1", false, false, "/login?next=x, which is no chat endpoint: is a sign-in in front of it?"},
		"no tools, Ollama":    {manner{chatBelow: saysJSON(400, `{"error":{"message":"registry.ollama.ai/library/gemma3:4b does not support tools"}}`)}, "/v1", false, true, "LLM_MODEL=m takes no tools here ("},
		"no tools, vLLM":      {manner{chatBelow: saysJSON(400, `{"object":"error","message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}`)}, "/v1", false, true, "takes no tools"},
		"no tools, llama.cpp": {manner{chatBelow: saysJSON(500, `{"error":{"code":500,"message":"tools param requires --jinja flag"}}`)}, "/v1", false, true, "takes no tools"},
		"no money":            {manner{chatBelow: saysJSON(429, `{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}`)}, "/v1", false, false, "nothing is left to pay with"},
		"busy":                {manner{chatBelow: saysJSON(429, `{"error":{"message":"slow down"}}`)}, "/v1", false, false, "is busy, or not ready yet (slow down)."},
		"loading":             {manner{chatBelow: saysJSON(503, `{"error":{"message":"Loading model","code":503}}`)}, "/v1", false, false, "is busy, or not ready yet"},
		"broken":              {manner{chatBelow: says(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")}, "/v1", false, false, "LLM_URL=URL/v1 refuses questions (HTTP 502)."},
		"an error with 200":   {manner{chatBelow: says(200, "text/event-stream", "data: {\"error\":{\"message\":\"quota exceeded for project 7\",\"code\":429}}\n\n")}, "/v1", false, false, "nothing is left to pay with"},
		"nonsense":            {manner{chatBelow: says(200, "text/plain", "OK")}, "/v1", false, false, "answers, but not with the chat protocol (OK)."},
		"nothing":             {manner{chatBelow: says(200, "text/plain", "")}, "/v1", false, false, "answers, but not with the chat protocol (nothing)."},
		"plain HTTP for TLS":  {manner{chatBelow: says(400, "text/plain", "Client sent an HTTP request to an HTTPS server.")}, "/v1", false, false, "speaks TLS: set LLM_URL=https://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			paid := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					w = &counted{w, &mu, &paid, false}
				}
				c.server.ServeHTTP(w, r)
			}))
			defer srv.Close()
			key := secret
			if c.noKey {
				key = ""
			}
			client, err := New(Config{URL: srv.URL + c.path, Key: key, Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			b := &budget{left: 1}
			got, err := client.Check(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			sentence := strings.ReplaceAll(got.Sentence, srv.URL, "URL")
			if got.Works != c.works || !strings.Contains(sentence, c.says) || c.says == "" && sentence != "" || strings.Contains(sentence, "secr") {
				t.Errorf("%v, %q; want %v, %q", got.Works, sentence, c.works, c.says)
			}
			mu.Lock()
			defer mu.Unlock()
			if len(b.ended) != 1 || paid > 1 {
				t.Errorf("%d answers, charged %v", paid, b.ended)
			}
		})
	}
}

// counted counts the answers that begin.
type counted struct {
	http.ResponseWriter
	mu    *sync.Mutex
	paid  *int
	begun bool
}

func (c *counted) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "choices") && !c.begun {
		c.begun = true
		c.mu.Lock()
		*c.paid++
		c.mu.Unlock()
	}
	return c.ResponseWriter.Write(b)
}

func TestACheckSaysWhyNothingIsReached(t *testing.T) {
	client, err := New(Config{URL: "http://127.0.0.1:1/v1", Key: "k", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := client.Check(t.Context(), Unmetered{}); err != nil || !strings.Contains(got.Sentence, "host.docker.internal") {
		t.Errorf("a key of one letter: %q, %v", got.Sentence, err)
	}
	gone := httptest.NewServer(manner{})
	gone.Close()
	secure := httptest.NewTLSServer(manner{})
	defer secure.Close()
	plain := httptest.NewServer(manner{})
	defer plain.Close()
	for name, c := range map[string]struct{ url, says string }{
		"nothing listens":      {gone.URL + "/v1", ": nothing listens there. In a container, 127.0.0.1 is the container itself"},
		"no such host":         {"http://model.invalid/v1", ": the host model.invalid is not known here."},
		"unknown certificate":  {secure.URL + "/v1", ": its certificate is not trusted here ("},
		"TLS without need":     {strings.Replace(plain.URL, "http://", "https://", 1) + "/v1", " does not speak TLS: set LLM_URL=http://"},
		"no TLS where it must": {strings.Replace(secure.URL, "https://", "http://", 1) + "/v1", " speaks TLS: set LLM_URL=https://"},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := New(Config{URL: c.url, Model: "m"})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := client.Check(t.Context(), Unmetered{}); err != nil || got.Works || !strings.Contains(got.Sentence, c.says) {
				t.Errorf("%v, %q", got.Works, got.Sentence)
			}
		})
	}
}

func TestACheckIsCharged(t *testing.T) {
	calls := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { calls++; begins(w, "") }))
	defer srv.Close()
	client, err := New(Config{URL: srv.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Check(t.Context(), &budget{}); !errors.Is(err, ErrRefused) || calls != 0 {
		t.Errorf("beyond the ceiling: %v after %d calls", err, calls)
	}
	b := &budget{left: 1}
	if got, err := client.Check(t.Context(), b); err != nil || !got.Works || calls != 1 || fmt.Sprint(b.ended) != fmt.Sprint(b.began) {
		t.Errorf("%+v after %d calls, charged %v of %v", got, calls, b.ended, b.began)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := client.Check(ctx, Unmetered{}); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %+v, %v", got, err)
	}
}
