// Package cluster is about Parley on a real Kubernetes: its command in cmd/up
// starts one of three nodes on this machine, applies the manifests of k8s to it as
// docs/kubernetes.md says, and has people talk while it is harmed. It needs root
// and some packages of Debian; the tests of its parts need neither.
//
// The programs of Kubernetes are built from the module in tools, which nothing
// imports: who only runs the tests does not download it.
package cluster
