// Package addons has the manifests of the add-ons that Parley's manifests assume.
package addons

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/parley-chat/parley/test/cluster/internal/images"
	"github.com/parley-chat/parley/test/cluster/internal/node"
)

//go:embed addons.yaml
var text string

// Manifests returns the manifests, including the nodes' volumes.
func Manifests(nodes []*node.Node) string {
	all := strings.NewReplacer("DNS_ADDRESS", node.DNS, "NAMES_IMAGE", images.Names, "POLICY_IMAGE", images.Policy).Replace(text)
	for _, n := range nodes {
		for _, name := range node.Volumes {
			all += Volume(n, name, "standard", "20Gi", "")
		}
		all += Volume(n, node.Fast, "fast", "50Gi", "")
	}
	return all
}

// Volume is a folder on a node's disk, of a class and a size, which nothing enforces. Its
// contents outlive the claim. claim
// is the one that it is kept for; if empty, any.
func Volume(n *node.Node, name, class, size, claim string) string {
	if claim != "" {
		claim = "  claimRef: { namespace: parley, name: " + claim + " }\n"
	}
	return fmt.Sprintf(`---
apiVersion: v1
kind: PersistentVolume
metadata: { name: %[1]s-%[2]s }
spec:
  capacity: { storage: %[6]s }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: %[4]s
%[5]s  local: { path: %[3]q }
  nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [%[1]s] }] }] } }
`, n.Name, name, n.Volume(name), class, claim, size)
}
