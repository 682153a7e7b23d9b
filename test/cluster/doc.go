// Package cluster tests Parley on a real Kubernetes: the command in cmd/up starts a
// cluster of three nodes on this machine, applies the manifests of k8s to it as
// docs/kubernetes.md says, and has visitors talk while faults are injected. It needs
// root and some Debian packages; the tests of its parts need neither.
//
// The programs of Kubernetes are built from the module in tools. Nothing imports it, so
// running the tests does not download it.
package cluster
