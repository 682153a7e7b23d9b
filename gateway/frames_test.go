package gateway

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/parley-chat/parley/gateway/frame"
)

func TestEveryKindOfFrameHasAHandler(t *testing.T) {
	t.Parallel()
	for _, side := range sidesOfFrames() {
		for _, fault := range side.faults(frame.Kinds) {
			t.Error(fault)
		}
	}
}

func TestAFrameWithoutItsRowOrHandlerIsNamed(t *testing.T) {
	t.Parallel()
	for _, side := range sidesOfFrames() {
		all := len(side.handled)
		if faults := side.faults(nil); len(faults) != all {
			t.Errorf("without a table, %d of %d handlers of %s are without a row: %q", len(faults), all, side.name, faults)
		}
		side.handled = nil
		if faults := side.faults(frame.Kinds); len(faults) != all {
			t.Errorf("without handlers, %d of %d kinds of %s are without one: %q", len(faults), all, side.name, faults)
		}
		side.handled = []string{"waltz"}
		waltz := frame.Kind{Name: "waltz", From: (frame.Visitor | frame.Agent) &^ side.of}
		if faults := side.faults([]frame.Kind{waltz}); len(faults) != 1 {
			t.Errorf("%s handle what only the others may send: %q", side.name, faults)
		}
	}
}

// sideOfFrames is a side with the kinds of frames that it handles.
type sideOfFrames struct {
	of          frame.Side
	name, where string // where its handlers are
	handled     []string
}

func sidesOfFrames() []sideOfFrames {
	return []sideOfFrames{
		{frame.Visitor, "visitors", "visitorHandlers in gateway/visitor.go", slices.Sorted(maps.Keys(visitorHandlers))},
		{frame.Agent, "agents", "agentHandlers in gateway/agent.go", slices.Sorted(maps.Keys(agentHandlers))},
	}
}

// faults says where the handlers and the table of kinds do not agree.
func (s sideOfFrames) faults(table []frame.Kind) (faults []string) {
	named := map[string]bool{}
	for _, kind := range table {
		named[kind.Name] = true
		may, has := kind.From&s.of != 0, slices.Contains(s.handled, kind.Name)
		if may && !has {
			faults = append(faults, fmt.Sprintf("%s may send %s, which has no handler: add it to %s", s.name, kind.Name, s.where))
		}
		if has && !may {
			faults = append(faults, fmt.Sprintf("%s has a handler, and %s may not send it: remove it from %s, or change From of its row in gateway/frame/kinds.go", kind.Name, s.name, s.where))
		}
	}
	for _, kind := range s.handled {
		if !named[kind] {
			faults = append(faults, fmt.Sprintf("%s has a handler in %s and no row: add its row to gateway/frame/kinds.go", kind, s.where))
		}
	}
	return faults
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
