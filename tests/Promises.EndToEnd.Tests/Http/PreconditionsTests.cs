using Microsoft.AspNetCore.Http;
using Promises.Server.Http;

namespace Promises.EndToEnd.Tests.Http;

public sealed class PreconditionsTests
{
    [Theory]
    [InlineData("\"812\"", 812L, true)]
    [InlineData("\"1\", \"812\"", 812L, true)]
    [InlineData("*", 812L, true)]
    [InlineData("\"811\"", 812L, false)]
    [InlineData("W/\"812\"", 812L, false)]
    [InlineData("812", 812L, false)]
    [InlineData("*", null, false)]
    [InlineData("\"812\"", null, false)]
    public void If_match_holds_for_the_current_tag_only(string header, long? current, bool holds)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.IfMatch = header;
        (Preconditions.Check(request, current) is null).ShouldBe(holds);
    }

    [Theory]
    [InlineData("*", 812L, false)]
    [InlineData("\"812\"", 812L, false)]
    [InlineData("\"811\"", 812L, true)]
    [InlineData("*", null, true)]
    public void If_none_match_holds_where_there_is_no_such_object(string header, long? current, bool holds)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.IfNoneMatch = header;
        (Preconditions.Check(request, current) is null).ShouldBe(holds);
    }

    [Fact]
    public void Without_preconditions_all_is_well() => Preconditions.Check(new DefaultHttpContext().Request, 812).ShouldBeNull();
}
