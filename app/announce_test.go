package app

import (
	"encoding/json"
	"strings"
	"testing"
)

// A collector that parses a container's output as JSON can't handle other lines.
func TestWithLogFormatJSONTheAnnouncementIsJSON(t *testing.T) {
	var out strings.Builder
	announce(&out, "json", "[::]:8080", "", "made up")
	var line map[string]string
	if err := json.Unmarshal([]byte(out.String()), &line); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%v: %q", err, out.String())
	}
	for field, want := range map[string]string{"visitors": "http://localhost:8080/", "operators": "http://localhost:8080/ops", "user": "admin", "password": "made up"} {
		if line[field] != want {
			t.Errorf("%s is %q, not %q", field, line[field], want)
		}
	}
	out.Reset()
	announce(&out, "auto", "127.0.0.1:80", "", "")
	if text := out.String(); !strings.Contains(text, "  Visitors:  http://127.0.0.1:80/\n") || strings.Contains(text, "password") {
		t.Errorf("a person reads %q", text)
	}
	out.Reset()
	announce(&out, "auto", "127.0.0.1:80", "https://chat.example.org", "")
	if text := out.String(); !strings.Contains(text, "  Agents:    https://chat.example.org/agent\n") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("with PUBLIC_URL a person reads %q", text)
	}
}
