// Package story plays the story of test/browser, in real browsers, on a Parley that
// runs already.
package story

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// name is the test that can be played on a running system.
const name = "TestAVisitorMeetsTheBotThenAPersonThenTheBotAgain"

// Play plays it at the gateways, in the repository at root, with the password of the
// user admin. More are variables that the test reads: see test/browser.
func Play(ctx context.Context, root string, gateways []string, password string, more ...string) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout", "10m", "-v", "-run", "^"+name+"$", ".")
	cmd.Dir = filepath.Join(root, "test", "browser")
	cmd.Env = append(os.Environ(), "PARLEY_URL="+strings.Join(gateways, ","), "PARLEY_ADMIN_PASSWORD="+password)
	cmd.Env = append(cmd.Env, more...)
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), "--- PASS: "+name) {
		err = errors.New("it was not played")
	}
	if err != nil {
		return fmt.Errorf("the story in browsers: %w\n%s", err, out)
	}
	return nil
}
