using Promises.Testing;

namespace Promises.EndToEnd.Tests.Faults;

/// <summary>A rule of the host that refuses single branches, whatever else a push brings.</summary>
internal sealed class BranchRefusals
{
    private readonly string _list;

    public BranchRefusals(GitRepo repository)
    {
        _list = Path.Combine(repository.Path, "refused-branches");
        repository.Hook("update", $"! grep -qxF \"${{1#refs/heads/}}\" '{_list}' 2>/dev/null");
    }

    public void Add(string branch)
    {
        lock (_list) File.AppendAllText(_list, branch + '\n');
    }

    public void End()
    {
        lock (_list) File.Delete(_list);
    }
}
