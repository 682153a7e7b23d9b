package gateway

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/parley-chat/parley/gateway/frame"
)

func TestEveryKindOfFrameHasAHandler(t *testing.T) {
	t.Parallel()
	for _, side := range []struct {
		of   frame.Side
		name string
		has  func(kind string) bool
	}{
		{frame.Visitor, "visitors", func(kind string) bool { return visitorHandlers[kind] != nil }},
		{frame.Agent, "agents", func(kind string) bool { return agentHandlers[kind] != nil }},
	} {
		for _, kind := range frame.Kinds {
			if has := side.has(kind.Name); has != (kind.From&side.of != 0) {
				t.Errorf("%s may send %s: %v, and it has a handler: %v", side.name, kind.Name, !has, has)
			}
		}
	}
}

var (
	tableRow = regexp.MustCompile(`(?m)^\| ([^|]+) \|`)
	quoted   = regexp.MustCompile("`([^`]+)`")
)

func TestTheProtocolPagesListEveryKindOfFrame(t *testing.T) {
	t.Parallel()
	for page, side := range map[string]frame.Side{
		"../docs/protocol.md": frame.Visitor, "../docs/agent-protocol.md": frame.Agent,
	} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var listed []string
		for _, row := range tableRow.FindAllSubmatch(text, -1) {
			for _, name := range quoted.FindAllSubmatch(row[1], -1) {
				listed = append(listed, string(name[1]))
			}
		}
		for _, kind := range frame.Kinds {
			if kind.From&side != 0 && !slices.Contains(listed, kind.Name) {
				t.Errorf("%s has no row for the frame %s", page, kind.Name)
			}
		}
	}
}
