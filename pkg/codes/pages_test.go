package codes_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/codes"
)

// otherCells are all cells but the first of the tables that don't list requests:
// their words may look like codes.
var otherCells = regexp.MustCompile("(?m)^(\\| `[a-z][^|]*\\|).*$")

func TestTheProtocolPagesExplainEveryCode(t *testing.T) {
	t.Parallel()
	var pages strings.Builder
	for _, page := range []string{"protocol.md", "agent-protocol.md", "operator-page.md"} {
		text, err := os.ReadFile("../../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		pages.WriteString(otherCells.ReplaceAllString(string(text), "$1"))
	}
	for _, code := range codes.All() {
		if !strings.Contains(pages.String(), "`"+code+"`") {
			t.Errorf("no page explains the code %s", code)
		}
	}
}
