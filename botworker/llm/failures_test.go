package llm

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// A request that fails for another reason is not taken for a lesson, and an answer that
// consists of thoughts is none.
func TestWhatIsNotAnAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		handler  http.HandlerFunc
		failure  string
		requests int
	}{
		"no such model":                 {status(404, `{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error"}}`), "not found, try pulling it first", 1},
		"a wrong model, with 400":       {status(400, `{"error":{"message":"Invalid model: x"}}`), "Invalid model: x", 1},
		"Gemini's wrong key":            {status(400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`), "API key not valid", 1},
		"no credit":                     {status(402, `{"error":{"message":"Insufficient credits","code":402}}`), "the quota is used up: Insufficient credits", 1},
		"refused, whatever":             {status(400, `{"error":{"message":"nope"}}`), "HTTP 400: nope", 4},
		"an error with 200":             {events(`{"error":{"message":"quota exceeded for project 7","code":429}}`, "[DONE]"), "failed while it answered: quota exceeded for project 7", 3},
		"an error as JSON":              {raw("application/json", `{"error":{"message":"overloaded"}}`), "failed while it answered: overloaded", 3},
		"an error without choices":      {raw("application/json", `{"object":"error","message":"overloaded","code":40301}`), "failed while it answered: overloaded", 3},
		"an error as an event":          {raw("text/event-stream", "event: error\ndata: {\"message\":\"overloaded\"}\n\n"), "failed while it answered: overloaded", 3},
		"an error with a code":          {raw("text/event-stream", "event: error\ndata: {\"code\":\"overloaded\"}\n\n"), "failed while it answered: overloaded", 3},
		"an error as a string":          {raw("text/event-stream", "event: error\ndata: \"overloaded\"\n\n"), "failed while it answered: overloaded", 3},
		"an error as a line of its own": {raw("text/event-stream", "data: "+content("All is ")+"\n\n{\"error\":\"overloaded\"}\n"), "failed while it answered: overloaded", 3},
		"an error of a choice":          {events(content("All is "), `{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"overloaded"}}]}`), "failed while it answered: overloaded", 3},
		"an end that is an error":       {events(content("All is "), `{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}`), "failed while it answered", 3},
		"an error in the middle":        {events(content("All is "), `{"error":"overloaded"}`), "failed while it answered: overloaded", 3},
		"only thoughts":                 {events(content("<think>SECRET"), content("</think>"), finished, "[DONE]"), "thought, but wrote no answer", 3},
		"only reasoning":                {events(delta(`"reasoning":"SECRET"`), finished, "[DONE]"), "thought, but wrote no answer", 3},
		"only an unknown call":          {events(content(`<tool_call>{"name":"x"}</tool_call>`), finished, "[DONE]"), "called a tool that it was not given", 3},
		"a page":                        {raw("text/html", "<!doctype html><title>Sign in</title><p>Hello"), "sent what is not the chat protocol: Sign in", 3},
		"half a value":                  {raw("application/json", `{"choices":[{"message":{"content":"All`), "cut the connection", 3},
		"a call that is lost":           {status(400, `{"error":{"message":"Failed to call a function. Please adjust your prompt.","code":"tool_use_failed"}}`), "HTTP 400: Failed to call a function", 3},
		"an endpoint without /v1":       {status(404, "404 page not found\n"), "HTTP 404: 404 page not found", 1},
	} {
		t.Run(name, func(t *testing.T) {
			endpoint(t, func(t *testing.T, client *Client, requests *[]map[string]any) {
				var p recorder
				r, err := client.Stream(t.Context(), ask, Unmetered{}, &p)
				if failure, _ := errors.AsType[*Error](err); failure == nil || !strings.Contains(failure.Sentence, c.failure) || p.shown != "" || r.Text != "" {
					t.Errorf("%+v, %v; shown %q", r, err, p.shown)
				}
				if len(*requests) != c.requests {
					t.Errorf("%d requests instead of %d", len(*requests), c.requests)
				}
			}, c.handler)
		})
	}
}

// An endpoint that loads its model answers at once that it does. It is asked until it is
// ready.
func TestALoadingModelIsWaitedFor(t *testing.T) {
	began := time.Time{}
	loads := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if time.Since(began) < 30*time.Second {
				status(503, body)(w, r)
				return
			}
			words("All is well.")(w, r)
		}
	}
	for _, body := range []string{`{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, `{"error":"Model x is currently loading","estimated_time":20}`} {
		endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
			began = time.Now()
			if r, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err != nil || r.Text != "All is well." {
				t.Errorf("%+v, %v after %d requests", r, err, len(*requests))
			}
		}, loads(body))
	}
	endpoint(t, func(t *testing.T, c *Client, requests *[]map[string]any) {
		began = time.Now()
		if _, err := c.Stream(t.Context(), ask, Unmetered{}, &recorder{}); err == nil || time.Since(began) > time.Minute || len(*requests) > 25 {
			t.Errorf("%v after %v and %d requests", err, time.Since(began), len(*requests))
		}
	}, status(503, `{"error":{"message":"Loading model"}}`))
}

// A model whose template begins the thoughts does so each time. None of them is shown, not
// even for a moment: the first answer of a model is held back until it is known.
func TestAModelThatThinksAloudIsHushed(t *testing.T) {
	aloud := events(content("I look at "), content("the SECRET."), content("</think>"), content("It costs 9."), finished, "[DONE]")
	endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
		c.manners.voices.aloud = nil
		for i := range 3 {
			var p recorder
			r, err := c.Stream(t.Context(), ask, Unmetered{}, &p)
			if err != nil || r.Text != "It costs 9." || p.shown != r.Text || p.restarts != 0 {
				t.Errorf("question %d: %+v, %v; shown %q after %d restarts", i+1, r, err, p.shown, p.restarts)
			}
		}
	}, aloud)
	t.Run("whichever of several models it is", func(t *testing.T) {
		named := func(name, text, finish string) string {
			return fmt.Sprintf(`{"model":%q,"choices":[{"index":0,"delta":{"content":%q},"finish_reason":%s}]}`, name, text, finish)
		}
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			for range 4 {
				var p recorder
				r, err := c.Stream(t.Context(), ask, Unmetered{}, &p)
				if err != nil || r.Text != "It costs 9." || p.shown != r.Text || p.restarts != 0 {
					t.Errorf("%+v, %v; shown %q after %d restarts", r, err, p.shown, p.restarts)
				}
			}
		}, events(named("plain", "It costs 9.", `"stop"`), "[DONE]"), events(named("aloud", "The SECRET is", "null"), named("aloud", "</think>It costs 9.", `"stop"`), "[DONE]"),
			events(named("plain", "It costs 9.", `"stop"`), "[DONE]"), events(named("aloud", "The SECRET is", "null"), named("aloud", "</think>It costs 9.", `"stop"`), "[DONE]"))
	})
	t.Run("from the first word, if it sounds like it", func(t *testing.T) {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			var p recorder
			r, err := c.Stream(t.Context(), ask, Unmetered{}, &p)
			if err != nil || r.Text != "It costs 9." || p.restarts != 0 {
				t.Errorf("%+v, %v after %d restarts", r, err, p.restarts)
			}
		}, events(content("Okay, the "), content("user wants SECRET."), content("\n</think>\n\n"), content("It costs 9."), finished, "[DONE]"))
	})
	t.Run("even the first time, if answers are passed on whole", func(t *testing.T) {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			c.cfg.Whole = true
			for _, want := range []string{"It costs 9.", "It costs 9.", "It costs 9"} {
				var p recorder
				r, err := c.Stream(t.Context(), ask, Unmetered{}, &p)
				if err != nil || r.Text != want || !slices.Equal(p.deltas, []string{want}) || p.restarts != 0 {
					t.Errorf("%+v, %v; shown in pieces %q after %d restarts", r, err, p.deltas, p.restarts)
				}
			}
		}, events(content("It costs "), content("9."), finished, "[DONE]"), aloud,
			events(content("It costs "), content("9"), `{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}`, "[DONE]"))
	})
	t.Run("for longer than an answer is", func(t *testing.T) {
		long := content(strings.Repeat("I think of SECRET. ", 60))
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			c.manners.voices.learn("", true)
			var p recorder
			r, err := c.Stream(t.Context(), ask, Unmetered{}, &p)
			if err != nil || r.Text != "It costs 9." || p.restarts != 0 || p.shown != r.Text {
				t.Errorf("%+v, %v after %d restarts", r, err, p.restarts)
			}
		}, events(long, long, long, long, long, content("</think>It costs 9."), finished, "[DONE]"))
	})
	t.Run("and heard again once it no longer does", func(t *testing.T) {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			c.manners.voices.learn("", true)
			for range 2 {
				var p recorder
				if r, err := c.Stream(t.Context(), ask, Unmetered{}, &p); err != nil || r.Text != "It costs 9." || p.shown != r.Text {
					t.Errorf("%+v, %v", r, err)
				}
			}
			if c.manners.voices.mayThinkAloud("") {
				t.Error("it is still held back")
			}
		}, words("It ", "costs 9."))
	})
	t.Run("and never heard if its thoughts are cut off", func(t *testing.T) {
		endpoint(t, func(t *testing.T, c *Client, _ *[]map[string]any) {
			c.manners.voices.learn("", true)
			var p recorder
			if r, err := c.Stream(t.Context(), ask, Unmetered{}, &p); err == nil || p.shown != "" {
				t.Errorf("%+v, %v, shown %q", r, err, p.shown)
			}
		}, events(content("The SECRET is "), `{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}`, "[DONE]"))
	})
}

// How long an endpoint asks to be left alone is read in all its forms.
func TestAnEndpointIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		name, value string
		want        time.Duration
	}{
		{"Retry-After", "7", 7 * time.Second}, {"Retry-After", "1.5", 1500 * time.Millisecond}, {"Retry-After", "Fri, 02 Jan 2026 03:04:35 GMT", 30 * time.Second},
		{"Retry-After", "Fri, 02 Jan 2026 03:04:00 GMT", 0}, {"Retry-After", "-1", 0}, {"Retry-After", "soon", 0}, {"Retry-After", "", 0},
		{"Retry-After-Ms", "250", 250 * time.Millisecond}, {"retry-after-ms", "x", 0},
	} {
		h := http.Header{}
		h.Set(c.name, c.value)
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("%s: %s is %v, expected %v", c.name, c.value, got, c.want)
		}
	}
}
