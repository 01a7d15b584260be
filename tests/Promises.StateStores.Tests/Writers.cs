using Promises.Model;

namespace Promises.StateStores.Tests;

/// <summary>What holds for stores that git writes holds for those that are written without it.</summary>
internal sealed class Writers : TheoryData<GitWriter>
{
    public Writers() => AddRange(GitWriter.Git, GitWriter.Direct);
}
