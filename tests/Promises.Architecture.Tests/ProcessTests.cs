namespace Promises.Architecture.Tests;

/// <summary>Git is started in one place, so that its environment and arguments are right in one place.</summary>
public sealed class ProcessTests
{
    private static readonly string[] Starters = ["System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo"];

    [Theory]
    [InlineData("Promises.Core")]
    [InlineData("Promises.Server")]
    public void Code_outside_state_stores_and_data_starts_no_process(string assembly)
    {
        Product.UsedTypes(assembly).Intersect(Starters).ShouldBeEmpty();
    }

    [Fact]
    public void Data_starts_processes_for_the_private_PostgreSQL_only()
    {
        var wrong = Repository.Sources("src/Promises.Data")
            .Where(file => file.Text.Contains("ProcessStartInfo", StringComparison.Ordinal) || file.Text.Contains("Process.Start", StringComparison.Ordinal))
            .Select(file => file.Path)
            .Where(path => !path.StartsWith("src/Promises.Data/PrivatePostgres/", StringComparison.Ordinal));

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Data_never_names_the_git_program()
    {
        Repository.Sources("src/Promises.Data").Where(file => file.Text.Contains("\"git\"", StringComparison.Ordinal)).Select(file => file.Path).ShouldBeEmpty();
    }
}
