"""AppHosts of .NET Aspire: what one starts is found, with whom each asks and where each keeps its data."""

import pytest

from adopt.adopting import adopted, called, service
from stead.model import Postgres, Redis

HOST = """
using Aspire.Hosting; // a comment; with a semicolon
var builder = DistributedApplication.CreateBuilder(args);
var cache = builder.AddRedis("cache");
var queue = builder.AddRabbitMQ("queue").WithLifetime(ContainerLifetime.Persistent);
var stock = builder.AddPostgres("database").AddDatabase("stock");
/* builder.AddProject<Projects.Old_Api>("old-api"); */
var api = builder.AddProject<Projects.Shop_Api>("shop-api")
    .WithReference(stock).WaitFor(stock)
    .WithReference(queue)
    .WithHttpHealthCheck("/alive");
var endpoint = api.GetEndpoint("https");
var web = builder.AddProject<Projects.Shop_Web>("web")
    .WithExternalHttpEndpoints()
    .WithReference(cache)
    .WithEnvironment("SHOP_URL", endpoint)
    .WithEnvironment("TITLE", "Shop; and more");
builder.AddContainer("mail", "axllent/mailpit", "v1.21");
builder.AddNpmApp("console", "../Console");
api.WithEnvironment("CALLBACK_URL", web.GetEndpoint("https"));
builder.Build().Run();
"""
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>\n'
FILES = {
    "Host/Host.csproj": '<Project><Sdk Name="Aspire.AppHost.Sdk"/><OutputType>Exe</OutputType></Project>\n',
    "Host/Program.cs": HOST,
    "src/Shop.Api/Shop.Api.csproj": WEB,
    "src/Shop.Api/Program.cs": "var app = WebApplication.CreateBuilder(args).Build();\n",
    "src/Shop.Web/Shop.Web.csproj": WEB,
    "src/Shop.Web/Program.cs": 'Environment.GetEnvironmentVariable("SHOP_URL");\n',
    "Console/package.json": '{"name": "console", "scripts": {"start": "node s.js"}}\n',
    "Console/s.js": "process.env.PORT;\n",
}


def kinds(process):
    return {type(need) for need in process.needs}


def test_what_an_app_host_starts_is_described_under_the_names_it_gives(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert {each.name for each in backend.services} == {"shop-api", "web", "queue", "mail", "console"}
    assert service(backend, "shop-api").folder == "src/Shop.Api"
    assert service(backend, "shop-api").health.path == "/alive"
    assert service(backend, "mail").image == "axllent/mailpit:v1.21"


def test_a_reference_is_a_resource_and_an_endpoint_is_a_call(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert kinds(service(backend, "shop-api")) == {Postgres}
    assert kinds(service(backend, "web")) == {Redis}
    assert called(service(backend, "web")) == ["shop-api"]


def test_an_address_that_is_given_later_is_a_callback_and_no_call(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert called(service(backend, "shop-api")) == []


def test_only_what_has_endpoints_outside_is_behind_the_gateway(tmp_path):
    _, backend = adopted(tmp_path, FILES)
    assert [each.name for each in backend.gateway.fronts] == ["web"]


@pytest.mark.parametrize(
    "text",
    [
        'DistributedApplication "(((;\n' + "builder.AddProject<" * 5_000,
        "DistributedApplication " + "/*" * 500_000,
        'DistributedApplication; x.AddRedis("a")' + '.WithEnvironment("a",b.GetEndpoint(' * 30_000,
        'DistributedApplication; x.AddNpmApp("a", "../../..")',
    ],
)
def test_an_app_host_that_cannot_be_understood_costs_only_itself(tmp_path, text):
    files = FILES | {"Host/Program.cs": text}
    _, backend = adopted(tmp_path, files)
    assert {each.name for each in backend.services} >= {"shop-api", "shop-web"}
